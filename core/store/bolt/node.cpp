// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/bolt/node.h"

#include <algorithm>

namespace cohortist::bolt {

namespace {

constexpr std::uint16_t kBucketElement = 1;

class NodeReader {
public:
    NodeReader(const BoltFile& file, NodePlace place)
        : m_file(file)
        , m_place(place) {}

    Result<Node> run() {
        m_head.resize(std::min(m_place.size, m_file.meta().pageBytes));
        if (m_head.size() < kPageHeaderBytes) {
            return damaged(message("core", "its header is cut short"));
        }
        if (Result<void> done = m_file.read(m_place.offset, m_head); !done) {
            return fail(std::move(done).error());
        }
        m_node.header = pageHeader(m_head);
        if (Result<void> done = checkHeader(); !done) {
            return fail(std::move(done).error());
        }
        if (Result<void> done = readElements(); !done) {
            return fail(std::move(done).error());
        }
        return std::move(m_node);
    }

private:
    [[nodiscard]] tl::unexpected<Error> damaged(const Message& why) const {
        const std::string where = m_place.id == 0 ? "inline" : std::to_string(m_place.id);
        return damagedError(m_file.path(),
                            message("core", "it is damaged at page %1: %2", where, why.english()));
    }

    Result<void> checkHeader() {
        const PageHeader& header = m_node.header;
        if (header.id != m_place.id) {
            return damaged(
                message("core", "it says that it is page %1", std::to_string(header.id)));
        }
        if (header.flags != kBranchPage && header.flags != kLeafPage) {
            return damaged(message("core", "it is no part of a tree"));
        }
        m_node.isBranch = header.flags == kBranchPage;
        if (m_place.id == 0) {
            if (m_node.isBranch || header.overflow != 0) {
                return damaged(message("core", "an inline bucket is one leaf"));
            }
            return {};
        }
        const std::uint64_t pages = m_file.meta().pages;
        if (header.overflow >= pages - m_place.id) { // its id is below that
            return damaged(message("core", "it reaches past the last page"));
        }
        m_place.size = (std::uint64_t{header.overflow} + 1) * m_file.meta().pageBytes;
        return {};
    }

    // Bytes of the node; those of its first page are at hand.
    Result<void> bytes(std::uint64_t at, std::span<char> to) {
        if (at + to.size() <= m_head.size()) {
            std::copy_n(m_head.begin() + static_cast<std::ptrdiff_t>(at), to.size(), to.begin());
            return {};
        }
        return m_file.read(m_place.offset + at, to);
    }

    Result<void> readElements() {
        const std::uint64_t count = m_node.header.count;
        std::uint64_t next = kPageHeaderBytes + count * kElementBytes;
        if (next > m_place.size) {
            return damaged(
                message("core", "it cannot hold its %1 elements", std::to_string(count)));
        }
        if (count == 0) {
            return checkEmpty();
        }
        std::string elements(count * kElementBytes, '\0');
        if (Result<void> done = bytes(kPageHeaderBytes, elements); !done) {
            return done;
        }
        m_node.elements.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            if (Result<void> done = readElement(elements, i, next); !done) {
                return done;
            }
        }
        m_node.elements.back().isLast = true;
        return {};
    }

    Result<void> readElement(std::string_view elements, std::uint64_t i, std::uint64_t& next) {
        const std::size_t at = i * kElementBytes;
        NodeElement element;
        std::uint64_t position = 0;
        std::uint64_t keyBytes = 0;
        if (m_node.isBranch) {
            position = load32(elements, at);
            keyBytes = load32(elements, at + 4);
            element.child = load64(elements, at + 8);
        } else {
            const std::uint32_t flags = load32(elements, at);
            position = load32(elements, at + 4);
            keyBytes = load32(elements, at + 8);
            element.size = load32(elements, at + 12);
            element.isBucket = flags == kBucketElement;
            if (flags > kBucketElement) {
                return damaged(
                    message("core", "element %1 is of no known kind", std::to_string(i)));
            }
        }
        const std::uint64_t start = kPageHeaderBytes + at + position;
        const std::uint64_t end = start + keyBytes + element.size;
        if (keyBytes == 0 || keyBytes > kMaxKeyBytes || start != next || end > m_place.size) {
            return damaged(
                message("core", "element %1 has a wrong place or size", std::to_string(i)));
        }
        next = end;
        element.offset = m_place.offset + start + keyBytes;
        element.key.resize(keyBytes);
        if (Result<void> done = bytes(start, element.key); !done) {
            return done;
        }
        if (!m_node.elements.empty() && m_node.elements.back().key >= element.key) {
            return damaged(message("core", "its keys are out of order"));
        }
        m_node.elements.push_back(std::move(element));
        return {};
    }

    // bbolt clears what it writes pages from, so elements under a count of none are lost ones.
    Result<void> checkEmpty() {
        if (m_node.isBranch || std::any_of(m_head.begin() + kPageHeaderBytes, m_head.end(),
                                           [](char c) { return c != '\0'; })) {
            return damaged(message("core", "its elements are missing"));
        }
        return {};
    }

    const BoltFile& m_file;
    NodePlace m_place;
    std::string m_head;
    Node m_node;
};

} // namespace

Result<Node> readNode(const BoltFile& file, NodePlace place) {
    return NodeReader(file, place).run();
}

} // namespace cohortist::bolt
