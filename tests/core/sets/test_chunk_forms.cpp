// SPDX-License-Identifier: GPL-3.0-or-later
// The forms of a chunk on each kind of SIMD instructions that this machine has, and on none.
#include <QTest>

#include <array>

#include <hwy/targets.h>

#include "core/sets/chunk_forms.h"
#include "tests/support/random_sets.h"

using namespace cohortist;

namespace {

using Low = std::vector<std::uint16_t>;
using Form = ChunkView::Form;

// Strictly ascending low halves of one chunk, never none.
Low randomValues(std::mt19937_64& random) {
    Low values;
    while (values.empty()) {
        for (const std::uint32_t id : test::randomIds(random, kChunkBits - 1)) {
            values.push_back(static_cast<std::uint16_t>(id));
        }
    }
    return values;
}

std::string bytesOf(const Low& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * 2};
}

std::string bitsetOf(const Low& values) {
    std::string bits(kChunkBytes, '\0');
    for (const std::uint16_t value : values) {
        bits[value / 8] = static_cast<char>(bits[value / 8] | 1 << value % 8);
    }
    return bits;
}

Low runsOf(const Low& values) {
    Low runs; // pairs
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == 0 || values[i] != values[i - 1] + 1) {
            runs.insert(runs.end(), {values[i], 0});
        } else {
            ++runs.back();
        }
    }
    return runs;
}

} // namespace

class TestChunkForms : public QObject {
    Q_OBJECT
private slots:
    void goesFromEachFormToEach_data() { addTargets(); }
    void goesFromEachFormToEach() {
        useTarget();
        std::mt19937_64 random(11);
        for (int round = 0; round < 120; ++round) {
            const Low values = randomValues(random);
            const Low runs = runsOf(values);
            const ChunkShape shape{static_cast<std::uint32_t>(values.size()),
                                   static_cast<std::uint32_t>(runs.size() / 2)};
            const std::array<std::string, 3> bytes = {bytesOf(values), bitsetOf(values),
                                                      bytesOf(runs)};
            for (const Form from : {Form::Array, Form::Bitset, Form::Runs}) {
                // Bytes may lie at any address.
                const std::string& own = bytes[static_cast<std::size_t>(from)];
                const std::string moved =
                    std::string(static_cast<std::size_t>(round % 9), '#') + own;
                const ChunkView view{
                    reinterpret_cast<const std::uint8_t*>(moved.data()) + round % 9,
                    shape.cardinality, 3,
                    static_cast<std::uint16_t>(from == Form::Runs ? shape.runs : 0), from};
                const ChunkShape found = shapeOf(view);
                QCOMPARE(found.cardinality, shape.cardinality);
                QCOMPARE(found.runs, shape.runs);
                for (const Form to : {Form::Array, Form::Bitset, Form::Runs}) {
                    // Beyond its limit a form is never asked for, unless it is there already.
                    const bool isAsked =
                        to == Form::Bitset || to == from || to == smallestForm(shape);
                    if (isAsked) {
                        std::string out(bytesIn(to, shape) + 1, '#');
                        writeInForm(view, to, shape, reinterpret_cast<std::uint8_t*>(out.data()));
                        QVERIFY(out == bytes[static_cast<std::size_t>(to)] + '#'); // no more
                    }
                }
            }
        }
    }

    // Words of every number of bits among others of few.
    void findsTheBitsOfEachWord_data() { addTargets(); }
    void findsTheBitsOfEachWord() {
        useTarget();
        std::mt19937_64 random(14);
        for (int most : {4, 64}) {
            Low expected;
            for (std::uint32_t word = 0; word < kChunkWords; ++word) {
                std::uint64_t left =
                    word % 16 == 0 ? word / 16 + 1 : random() % static_cast<unsigned>(most);
                for (std::uint32_t bit = 0; bit < 64; ++bit) {
                    if (random() % (64 - bit) < left) {
                        expected.push_back(static_cast<std::uint16_t>(word * 64 + bit));
                        --left;
                    }
                }
            }
            const std::string bytes = bitsetOf(expected);
            const auto* bits = reinterpret_cast<const std::uint8_t*>(bytes.data());
            for (const auto find : {simd::toValues, simd::toFewValues}) {
                Low found(expected.size() + simd::kValuesSlack + 1, 7);
                const std::size_t count = find(bits, found.data());
                QCOMPARE(found.back(), std::uint16_t{7}); // untouched
                found.resize(count);
                QVERIFY(found == expected);
            }
        }
    }

    void reversesBits_data() { addTargets(); }
    void reversesBits() {
        useTarget();
        std::mt19937_64 random(12);
        std::string bits(kChunkBytes + 1, '\0');
        for (char& byte : bits) {
            byte = static_cast<char>(random());
        }
        std::string reversed(kChunkBytes, '\0');
        const ChunkShape shape =
            simd::reverseBits(reinterpret_cast<const std::uint8_t*>(bits.data()) + 1,
                              reinterpret_cast<std::uint8_t*>(reversed.data()));
        const ChunkShape again =
            simd::shapeOfBitset(reinterpret_cast<const std::uint8_t*>(reversed.data()));
        QCOMPARE(shape.cardinality, again.cardinality);
        QCOMPARE(shape.runs, again.runs);
        for (std::uint32_t bit = 0; bit < kChunkBits; ++bit) {
            const bool isSet = (bits[bit / 8 + 1] >> bit % 8 & 1) != 0;
            QCOMPARE((reversed[bit / 8] >> (7 - bit % 8) & 1) != 0, isSet);
        }
    }

    // As when the bits were made in the place where the form is to lie.
    void writesOverItsOwnBytes_data() { addTargets(); }
    void writesOverItsOwnBytes() {
        useTarget();
        std::mt19937_64 random(13);
        for (int round = 0; round < 100; ++round) {
            const Low values = randomValues(random);
            std::string bytes = bitsetOf(values);
            auto* const place = reinterpret_cast<std::uint8_t*>(bytes.data());
            const ChunkView view{place, static_cast<std::uint32_t>(values.size()), 0, 0,
                                 Form::Bitset};
            const ChunkShape shape = shapeOf(view);
            const Form form = smallestForm(shape);
            writeInForm(view, form, shape, place);
            const std::string expected = form == Form::Array    ? bytesOf(values)
                                         : form == Form::Bitset ? bitsetOf(values)
                                                                : bytesOf(runsOf(values));
            QVERIFY(bytes.compare(0, expected.size(), expected) == 0);
        }
    }

    void choosesTheSmallest() {
        // 4,096 ids are an array, one more a bitset, if runs are not smaller.
        QCOMPARE(smallestForm({1, 1}), Form::Array); // 2 bytes, as a run 6
        QCOMPARE(smallestForm({3, 1}), Form::Array); // 6 bytes either way
        QCOMPARE(smallestForm({4, 1}), Form::Runs);
        QCOMPARE(smallestForm({4096, 2047}), Form::Runs); // 8,190 bytes
        QCOMPARE(smallestForm({4096, 2048}), Form::Array);
        QCOMPARE(smallestForm({4097, 2047}), Form::Runs);
        QCOMPARE(smallestForm({4097, 2048}), Form::Bitset);
        QCOMPARE(smallestForm({65536, 1}), Form::Runs);
    }

    void cleanup() { hwy::SetSupportedTargetsForTest(0); }

private:
    static void addTargets() {
        QTest::addColumn<qint64>("target");
        for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
            const std::int64_t target = left & -left;
            QTest::newRow(hwy::TargetName(target)) << qint64{target};
        }
    }
    static void useTarget() {
        QFETCH(const qint64, target);
        hwy::SetSupportedTargetsForTest(target);
    }
};

QTEST_APPLESS_MAIN(TestChunkForms)
#include "test_chunk_forms.moc"
