// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/random_program.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <set>

#include "tests/support/random_sets.h"

namespace cohortist::test {

namespace {

// How many ids a chunk gets: around the lengths at which forms change.
std::uint32_t randomSize(std::mt19937_64& random) {
    static constexpr std::uint32_t kEdges[] = {1,   2,   255,  256,  257,  511,
                                               512, 513, 1024, 4095, 4096, 4097};
    switch (below(random, 8)) {
    case 0:
    case 1:
        return kEdges[below(random, std::size(kEdges))];
    case 2:
        return static_cast<std::uint32_t>(below(random, 3000)) + 1;
    default:
        return static_cast<std::uint32_t>(below(random, 40)) + 1;
    }
}

Users randomUsers(std::mt19937_64& random) {
    static constexpr std::uint32_t kChunks[] = {0, 1, 2, 3, 9, 255, 65535};
    Users users;
    for (std::uint64_t i = 0, n = below(random, 5); i < n; ++i) {
        const std::uint32_t base = kChunks[below(random, std::size(kChunks))] << 16U;
        const std::uint32_t size = below(random, 150) == 0 ? kChunkBits : randomSize(random);
        if (below(random, 3) == 0 || size == kChunkBits) { // one run
            const std::uint64_t first = below(random, kChunkBits - size + 1);
            for (std::uint32_t id = 0; id < size; ++id) {
                users.insert(users.end(), base + static_cast<std::uint32_t>(first) + id);
            }
            continue;
        }
        // Close together, so that sets meet.
        const std::uint64_t room = std::min<std::uint64_t>(kChunkBits, size * 2 + 20);
        Users chunk;
        while (chunk.size() < size) {
            chunk.insert(base + static_cast<std::uint32_t>(below(random, room)));
        }
        users.merge(chunk);
    }
    if (below(random, 10) == 0) {
        users.insert({0, UINT32_MAX});
    }
    return users;
}

Users countedIn(const std::vector<NodeId>& nodes, const std::vector<Users>& values,
                std::uint32_t least, std::uint32_t most) {
    std::map<std::uint32_t, std::uint32_t> times;
    for (const NodeId node : nodes) {
        for (const std::uint32_t id : values[node]) {
            ++times[id];
        }
    }
    Users users;
    for (const auto& [id, count] : times) {
        if (count >= least && count <= most) {
            users.insert(users.end(), id);
        }
    }
    return users;
}

class Maker {
public:
    explicit Maker(std::mt19937_64& random)
        : m_random(random) {}

    RandomProgram run() {
        m_program.values.emplace_back(); // node 0 is the empty set
        for (std::uint64_t i = 0, n = below(m_random, 7) + 1; i < n; ++i) {
            addInput(static_cast<EventId>(i));
        }
        for (std::uint64_t i = 0, n = below(m_random, 10); i < n; ++i) {
            addOperation();
        }
        addSinks();
        return std::move(m_program);
    }

    RandomProgram runTable() {
        m_program.values.emplace_back();
        for (EventId event = 0; event < 14; ++event) {
            addInput(event);
        }
        for (int i = 0; i < 6; ++i) {
            addOperation();
        }
        std::vector<NodeId> nodes(m_program.values.size());
        std::iota(nodes.begin(), nodes.end(), NodeId{0});
        std::shuffle(nodes.begin(), nodes.end(), m_random);
        const std::size_t rows = 1 + below(m_random, nodes.size() - 1);
        for (std::size_t row = 0; row < rows; ++row) {
            const std::uint64_t times = below(m_random, 20) == 0 ? 2 : 1;
            for (std::size_t column = rows; column < nodes.size() * times; ++column) {
                if (below(m_random, 8) > 0) {
                    m_program.question.intersections.push_back(
                        {nodes[row], nodes[column % nodes.size()]});
                }
            }
        }
        return std::move(m_program);
    }

private:
    SetPlan& plan() { return m_program.question.plan; }
    NodeId anyNode() { return static_cast<NodeId>(below(m_random, m_program.values.size())); }

    std::vector<NodeId> anyNodes(std::uint64_t least) {
        std::vector<NodeId> nodes(least + below(m_random, 5));
        std::generate(nodes.begin(), nodes.end(), [this] { return anyNode(); });
        return nodes;
    }

    void note(NodeId node, Users users) {
        if (node < m_program.values.size()) {
            if (m_program.values[node] != users) {
                m_program.contradiction = "node " + std::to_string(node) + " has two meanings";
            }
        } else {
            m_program.values.push_back(std::move(users));
        }
    }

    void addInput(EventId event) {
        Users users = randomUsers(m_random);
        if (below(m_random, 5) == 0) {
            const std::vector<std::uint32_t> ids(users.begin(), users.end());
            note(plan().constant(Bitmap::fromIds(ids)), std::move(users));
            return;
        }
        const BitmapKey key{event, static_cast<Kind>(below(m_random, kKindCount)), 0};
        m_program.stored[key] = users;
        note(plan().key(key), std::move(users));
    }

    void addOperation() {
        const auto& values = m_program.values;
        const std::vector<NodeId> nodes = anyNodes(1);
        const auto all = static_cast<std::uint32_t>(nodes.size());
        switch (below(m_random, 5)) {
        case 0:
            // In each of several different ones: repeats do not count here.
            note(plan().conjunction(nodes), countedIn(nodes, values, all, all));
            return;
        case 1:
            note(plan().disjunction(nodes), countedIn(nodes, values, 1, all));
            return;
        case 2: {
            Users odd;
            for (std::uint32_t times = 1; times <= all; times += 2) {
                odd.merge(countedIn(nodes, values, times, times));
            }
            note(plan().parity(nodes), std::move(odd));
            return;
        }
        case 3: {
            const NodeId from = anyNode();
            Users left = values[from];
            for (const NodeId node : nodes) {
                for (const std::uint32_t id : values[node]) {
                    left.erase(id);
                }
            }
            note(plan().difference(from, nodes), std::move(left));
            return;
        }
        default: {
            const auto least = static_cast<std::uint32_t>(below(m_random, all + 1)) + 1;
            const auto most = static_cast<std::uint32_t>(below(m_random, all + 2));
            note(plan().between(least, most, nodes), countedIn(nodes, values, least, most));
        }
        }
    }

    void addSinks() {
        Question& question = m_program.question;
        question.counts = below(m_random, 4) == 0 ? std::vector<NodeId>() : anyNodes(0);
        question.sets = below(m_random, 3) == 0 ? anyNodes(0) : std::vector<NodeId>();
        for (std::uint64_t i = 0, n = below(m_random, 6); i < n; ++i) {
            question.intersections.push_back({anyNode(), anyNode()});
        }
        for (std::uint64_t i = 0, n = below(m_random, 3); i < n; ++i) {
            question.histograms.push_back(anyNodes(0));
        }
    }

    std::mt19937_64& m_random;
    RandomProgram m_program;
};

std::uint64_t countCommon(const Users& a, const Users& b) {
    return static_cast<std::uint64_t>(
        std::count_if(a.begin(), a.end(), [&](std::uint32_t id) { return b.count(id) > 0; }));
}

std::set<std::uint32_t> inBoth(const std::set<std::uint32_t>& a, const std::set<std::uint32_t>& b) {
    std::set<std::uint32_t> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
    return both;
}

} // namespace

Bitmap inRandomForm(std::mt19937_64& random, const Users& users) {
    const std::vector<std::uint32_t> ids(users.begin(), users.end());
    Bitmap set = Bitmap::fromIds(ids);
    switch (below(random, 3)) {
    case 0:
        return set;
    case 1:
        return Bitmap::fromPortable(set.toPortable()).value();
    default:
        break;
    }
    BitmapBuilder builder;
    for (auto id = ids.begin(); id != ids.end();) {
        std::array<std::uint64_t, kChunkWords> words{};
        const std::uint32_t chunk = *id >> 16U;
        for (; id != ids.end() && *id >> 16U == chunk; ++id) {
            words[(*id & 0xFFFFU) >> 6U] |= std::uint64_t{1} << (*id & 63U);
        }
        builder.addBitset(static_cast<std::uint16_t>(chunk), words);
    }
    return builder.finish();
}

RandomProgram randomProgram(std::mt19937_64& random) {
    return Maker(random).run();
}

Answer RandomProgram::answer() const {
    Answer answer;
    for (const NodeId node : question.counts) {
        answer.counts.push_back(values[node].size());
    }
    for (const NodeId node : question.sets) {
        const std::vector<std::uint32_t> ids(values[node].begin(), values[node].end());
        answer.sets.push_back(Bitmap::fromIds(ids));
    }
    for (const auto& pair : question.intersections) {
        answer.intersections.push_back(countCommon(values[pair.a], values[pair.b]));
    }
    for (const auto& nodes : question.histograms) {
        std::vector<std::uint64_t> bins(nodes.size() + 1);
        for (std::uint32_t n = 1; n <= nodes.size(); ++n) {
            bins[n] = countedIn(nodes, values, n, n).size();
        }
        answer.histograms.push_back(std::move(bins));
    }
    return answer;
}

RandomProgram randomTable(std::mt19937_64& random) {
    return Maker(random).runTable();
}

std::uint64_t RandomProgram::chunksToWalk() const {
    using Chunks = std::set<std::uint32_t>;
    std::vector<Chunks> occupied;
    for (NodeId id = 0; id < values.size(); ++id) {
        const SetNode& node = question.plan.node(id);
        Chunks& chunks = occupied.emplace_back();
        if (node.operands.empty()) {
            for (const std::uint32_t user : values[id]) {
                chunks.insert(chunks.end(), user >> 16U);
            }
            continue;
        }
        chunks = occupied[node.operands.front()];
        for (const NodeId operand : node.operands) {
            if (node.op == SetNode::Op::And) {
                chunks = inBoth(chunks, occupied[operand]);
            } else if (node.op != SetNode::Op::Minus) {
                chunks.insert(occupied[operand].begin(), occupied[operand].end());
            }
        }
    }
    Chunks wanted;
    const auto want = [&](const Chunks& chunks) { wanted.insert(chunks.begin(), chunks.end()); };
    for (const std::vector<NodeId>& nodes : {question.counts, question.sets}) {
        std::for_each(nodes.begin(), nodes.end(), [&](NodeId id) { want(occupied[id]); });
    }
    for (const auto& nodes : question.histograms) {
        std::for_each(nodes.begin(), nodes.end(), [&](NodeId id) { want(occupied[id]); });
    }
    for (const auto& pair : question.intersections) {
        want(inBoth(occupied[pair.a], occupied[pair.b]));
    }
    return wanted.size();
}

std::map<BitmapKey, Bitmap> RandomProgram::bitmaps(std::mt19937_64& random) const {
    std::map<BitmapKey, Bitmap> bitmaps;
    for (const auto& [key, users] : stored) {
        bitmaps[key] = inRandomForm(random, users);
    }
    return bitmaps;
}

std::string difference(const Answer& actual, const Answer& expected) {
    if (actual.counts != expected.counts) {
        return "counts";
    }
    if (actual.intersections != expected.intersections) {
        return "intersections";
    }
    if (actual.histograms != expected.histograms) {
        return "histograms";
    }
    if (actual.sets.size() != expected.sets.size()) {
        return "number of sets";
    }
    for (std::size_t i = 0; i < actual.sets.size(); ++i) {
        if (actual.sets[i].ids() != expected.sets[i].ids()) {
            return "set " + std::to_string(i);
        }
    }
    return {};
}

} // namespace cohortist::test
