// SPDX-License-Identifier: GPL-3.0-or-later
// A value made of others, by each operation and in each form, against std::bitset: above all where
// one id is missing from a chunk that is full otherwise, as a full one is met without a look at it.
#include <QTest>

#include <array>
#include <bitset>
#include <memory>

#include "core/engine/chunk_value.h"
#include "core/sets/bitmap.h"

using namespace cohortist;

namespace {

using Flags = std::bitset<kChunkBits>;

// The ends of the chunk, of a word and of its halves.
constexpr std::uint32_t kPlaces[] = {0, 63, 64, 32'767, 32'768, 65'535};

// One set in two forms: a bitset, and the smallest (runs, for all but one id).
class Chunk {
public:
    explicit Chunk(const Flags& flags)
        : m_flags(flags) {
        for (std::size_t id = 0; id < kChunkBits; ++id) {
            m_words[id / 64] |= std::uint64_t{flags[id]} << id % 64;
        }
        BitmapBuilder builder;
        builder.addBitset(0, m_words);
        m_smallest = builder.finish();
        m_bitset = m_smallest.chunks().front();
        m_bitset.form = ChunkView::Form::Bitset;
        m_bitset.runCount = 0;
        m_bitset.data = reinterpret_cast<const std::uint8_t*>(m_words.data());
    }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    [[nodiscard]] const Flags& flags() const { return m_flags; }
    [[nodiscard]] const ChunkView& view(bool isSmallest) const {
        return isSmallest ? m_smallest.chunks().front() : m_bitset;
    }

private:
    Flags m_flags;
    std::array<std::uint64_t, kChunkWords> m_words{};
    Bitmap m_smallest;
    ChunkView m_bitset;
};

using Chunks = std::vector<std::unique_ptr<Chunk>>;

Chunks allButOne() {
    Chunks chunks;
    for (const std::uint32_t place : kPlaces) {
        chunks.push_back(std::make_unique<Chunk>(Flags().set().reset(place)));
    }
    return chunks;
}

// All, every second, and for each place: all but it, it alone, and it within a long array.
Chunks others() {
    Chunks chunks = allButOne();
    Flags second;
    Flags some;
    for (std::size_t id = 0; id < kChunkBits; ++id) {
        second[id] = id % 2 == 0;
        some[id] = id % 100 == 50;
    }
    chunks.push_back(std::make_unique<Chunk>(Flags().set()));
    chunks.push_back(std::make_unique<Chunk>(second));
    for (const std::uint32_t place : kPlaces) {
        chunks.push_back(std::make_unique<Chunk>(Flags().set(place)));
        chunks.push_back(std::make_unique<Chunk>(Flags(some).set(place)));
    }
    return chunks;
}

struct Operation {
    const char* name;
    void (ChunkValue::*run)(ChunkValue::Operands);
    void (*take)(Flags& from, const Flags& next);
};
constexpr Operation kOperations[] = {
    {"and", &ChunkValue::intersect, [](Flags& from, const Flags& next) { from &= next; }},
    {"or", &ChunkValue::unite, [](Flags& from, const Flags& next) { from |= next; }},
    {"xor", &ChunkValue::exclude, [](Flags& from, const Flags& next) { from ^= next; }},
    {"and not", &ChunkValue::subtract, [](Flags& from, const Flags& next) { from &= ~next; }},
};

Flags flagsOf(const ChunkValue& value) {
    Flags flags;
    if (value.isArray()) {
        for (const std::uint16_t id : value.array()) {
            flags.set(id);
        }
        return flags;
    }
    for (std::size_t id = 0; id < kChunkBits; ++id) {
        flags[id] = (value.bits()[id / 64] >> id % 64 & 1U) != 0;
    }
    return flags;
}

} // namespace

class TestChunkOperations : public QObject {
    Q_OBJECT
private slots:
    void takesNothingForFull_data() {
        QTest::addColumn<bool>("isFirstSmallest");
        QTest::addColumn<bool>("isSecondSmallest");
        QTest::newRow("bitset, bitset") << false << false;
        QTest::newRow("bitset, smallest") << false << true;
        QTest::newRow("runs, bitset") << true << false;
        QTest::newRow("runs, smallest") << true << true;
    }
    void takesNothingForFull() {
        QFETCH(bool, isFirstSmallest);
        QFETCH(bool, isSecondSmallest);
        const Chunks firsts = allButOne();
        const Chunks seconds = others();
        BlockPool pool;
        ChunkBlocks blocks(pool);
        ChunkValue a(blocks);
        ChunkValue b(blocks);
        ChunkValue result(blocks);
        for (const auto& first : firsts) {
            for (const auto& second : seconds) {
                a.load(first->view(isFirstSmallest), 1);
                b.load(second->view(isSecondSmallest), 1);
                const std::pair<const ChunkValue*, const Flags*> sets[] = {{&a, &first->flags()},
                                                                           {&b, &second->flags()}};
                const Flags both = first->flags() & second->flags();
                QCOMPARE(std::size_t{countIntersection(a, b)}, both.count());
                QCOMPARE(std::size_t{countIntersection(b, a)}, both.count());
                // Of two in either order, and of three, which are met by other kernels.
                for (const auto& order : {std::vector{0, 1}, {1, 0}, {0, 1, 0}, {1, 0, 1}}) {
                    for (const Operation& operation : kOperations) {
                        std::vector<const ChunkValue*> operands;
                        Flags expected = *sets[order.front()].second;
                        for (const int each : order) {
                            if (!operands.empty()) {
                                operation.take(expected, *sets[each].second);
                            }
                            operands.push_back(sets[each].first);
                        }
                        result.clear();
                        (result.*operation.run)(operands);
                        QVERIFY2(result.count() == expected.count() && flagsOf(result) == expected,
                                 operation.name);
                    }
                }
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestChunkOperations)
#include "test_chunk_operations.moc"
