// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/tree.h"

namespace cohortist::bolt {

namespace {

constexpr int kMaxDepth = 48; // two children a branch, and there are no more pages than that
constexpr std::uint64_t kFirstTreePage = 2;

} // namespace

TreeWalker::TreeWalker(const BoltFile& file, const JobContext& job)
    : m_file(file)
    , m_job(job)
    , m_isClaimed(file.meta().pages) {}

Result<void> TreeWalker::claim(std::uint64_t page, std::uint64_t pages) {
    for (std::uint64_t i = page; i < page + pages; ++i) {
        if (m_isClaimed[i]) {
            return damagedError(m_file.path(),
                                message("core", "page %1 is used twice", std::to_string(i)));
        }
        m_isClaimed[i] = true;
    }
    m_claimed += pages;
    return {};
}

Result<Node> TreeWalker::visit(const Visit& visit) {
    if (m_job.isCancelled()) {
        return failCancelled();
    }
    const auto damaged = [&](const char* why) {
        return damagedError(m_file.path(), message("core", "page %1: %2",
                                                   std::to_string(visit.page), std::string(why)));
    };
    if (visit.page < kFirstTreePage || visit.page >= m_file.meta().pages) {
        return damaged("there is no such page");
    }
    if (visit.depth > kMaxDepth) {
        return damaged("it lies too deep");
    }
    const std::uint64_t pageBytes = m_file.meta().pageBytes;
    Result<Node> node = readNode(m_file, {visit.page * pageBytes, pageBytes, visit.page});
    if (!node) {
        return node;
    }
    if (Result<void> claimed = claim(visit.page, std::uint64_t{node->header.overflow} + 1);
        !claimed) {
        return fail(std::move(claimed).error());
    }
    if (node->elements.empty()
            ? visit.depth > 0
            : node->elements.front().key < visit.lowest ||
                  (!visit.highest.empty() && node->elements.back().key >= visit.highest)) {
        return damaged("its keys are not those that the page above it says");
    }
    m_job.report({m_claimed, m_file.meta().pages});
    return node;
}

Result<void> TreeWalker::walk(std::uint64_t rootPage, const ElementSink& sink) {
    std::vector<Visit> ahead = {Visit{rootPage, {}, {}, 0}}; // the next is the last
    while (!ahead.empty()) {
        const Visit current = std::move(ahead.back());
        ahead.pop_back();
        Result<Node> node = visit(current);
        if (!node) {
            return fail(std::move(node).error());
        }
        if (node->isBranch) {
            std::string highest = current.highest;
            for (std::size_t i = node->elements.size(); i-- > 0;) {
                NodeElement& element = node->elements[i];
                ahead.push_back(
                    {element.child, element.key, std::move(highest), current.depth + 1});
                highest = std::move(element.key);
            }
            continue;
        }
        for (NodeElement& element : node->elements) {
            if (Result<void> done = sink(std::move(element)); !done) {
                return done;
            }
        }
    }
    return {};
}

Result<void> TreeWalker::walkBucket(const NodeElement& bucket, const ElementSink& sink) {
    const auto damaged = [&] {
        return damagedError(m_file.path(),
                            message("core", "the entry of bucket %1 is damaged", bucket.key));
    };
    if (!bucket.isBucket || bucket.size < kBucketBytes) {
        return damaged();
    }
    std::string value(kBucketBytes, '\0');
    if (Result<void> done = m_file.read(bucket.offset, value); !done) {
        return done;
    }
    const std::uint64_t root = load64(value, 0);
    if (root != 0) {
        return bucket.size == kBucketBytes ? walk(root, sink) : damaged();
    }
    Result<Node> node =
        readNode(m_file, {bucket.offset + kBucketBytes, bucket.size - kBucketBytes, 0});
    if (!node) {
        return fail(std::move(node).error());
    }
    for (NodeElement& element : node->elements) {
        if (Result<void> done = sink(std::move(element)); !done) {
            return done;
        }
    }
    return {};
}

} // namespace cohortist::bolt
