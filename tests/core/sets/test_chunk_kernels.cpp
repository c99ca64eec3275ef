// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels that read a chunk, in every form and at the cardinalities at which forms change, on
// every instruction set that the machine has.
#include <QTest>

#include <algorithm>

#include "core/sets/kernels.h"
#include "tests/support/random_sets.h"
#include "tests/support/random_values.h"
#include "tests/support/simd_targets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

// A chunk's bytes in one form, at an address of any alignment.
class Viewed {
public:
    Viewed(const Values& values, ChunkView::Form form, std::size_t misalignment)
        : m_bytes(misalignment, 0) {
        const auto add16 = [this](std::uint32_t value) {
            m_bytes.push_back(static_cast<std::uint8_t>(value));
            m_bytes.push_back(static_cast<std::uint8_t>(value >> 8U));
        };
        m_view.form = form;
        m_view.cardinality = static_cast<std::uint32_t>(values.size());
        if (form == ChunkView::Form::Array) {
            std::for_each(values.begin(), values.end(), add16);
        } else if (form == ChunkView::Form::Bitset) {
            for (const std::uint64_t word : wordsOf(values)) {
                for (unsigned shift = 0; shift < 64; shift += 16) {
                    add16(static_cast<std::uint16_t>(word >> shift));
                }
            }
        } else {
            for (std::size_t i = 0; i < values.size();) {
                std::size_t last = i;
                while (last + 1 < values.size() && values[last + 1] == values[last] + 1) {
                    ++last;
                }
                add16(values[i]);
                add16(static_cast<std::uint32_t>(last - i));
                ++m_view.runCount;
                i = last + 1;
            }
        }
        m_view.data = m_bytes.data() + misalignment;
    }
    Viewed(const Viewed&) = delete;
    Viewed& operator=(const Viewed&) = delete;

    [[nodiscard]] const ChunkView& view() const { return m_view; }

private:
    std::vector<std::uint8_t> m_bytes;
    ChunkView m_view;
};

} // namespace

class TestChunkKernels : public QObject {
    Q_OBJECT
private slots:
    void readsEveryForm_data() { addSimdTargets(); }
    void readsEveryForm() {
        QFETCH(std::string, target);
        useSimdTarget(target);
        std::mt19937_64 random(51);
        for (const std::uint32_t size : kSizes) {
            for (const bool inRuns : {false, true}) {
                const Values values = randomValues(random, size, inRuns);
                QCOMPARE(values.size(), std::size_t{size});
                const Words words = wordsOf(values);
                QCOMPARE(kernels::countBitset(words.data()), size);
                for (const std::size_t room :
                     {std::size_t{0}, std::size_t{size} / 2, std::size_t{size}}) {
                    const Values some = written(room, [&](std::uint16_t* out) {
                        return kernels::bitsetToArray(words.data(), out, room);
                    });
                    QVERIFY(some == Values(values.begin(),
                                           values.begin() + static_cast<std::ptrdiff_t>(room)));
                }
                for (const auto form :
                     {ChunkView::Form::Array, ChunkView::Form::Bitset, ChunkView::Form::Runs}) {
                    const Viewed viewed(values, form, below(random, 9));
                    if (form == ChunkView::Form::Runs && size > 0) {
                        const auto range = kernels::rangeOfRuns(viewed.view());
                        QCOMPARE(range.first, values.front() / 1024U * 16);
                        QCOMPARE(range.last, values.back() / 1024U * 16 + 16);
                    }
                    Words read;
                    read.fill(random()); // need not be cleared before
                    kernels::toBitset(viewed.view(), read.data());
                    QVERIFY(read == words);
                    QVERIFY(written(size, [&](std::uint16_t* out) {
                                kernels::toArray(viewed.view(), out);
                                return std::size_t{size};
                            }) == values);
                }
            }
        }
    }

    void loadsBytes() {
        const std::uint8_t bytes[] = {0xFF, 0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88};
        QCOMPARE(kernels::load16(bytes + 1), std::uint16_t{0x8201});
        QCOMPARE(kernels::load32(bytes + 1), std::uint32_t{0x84038201});
        QCOMPARE(kernels::load64(bytes + 1), std::uint64_t{0x8807860584038201});
    }
};

QTEST_APPLESS_MAIN(TestChunkKernels)
#include "test_chunk_kernels.moc"
