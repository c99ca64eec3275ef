// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernels that Highway compiles for each instruction set have in common. No include guard
// of the usual kind: foreach_target.h reads a kernel file, and this with it, once for each target,
// into a namespace of its own. Private to this room.
#if defined(COHORTIST_SIMD_ONCE) == defined(HWY_TARGET_TOGGLE)
#ifdef COHORTIST_SIMD_ONCE
#undef COHORTIST_SIMD_ONCE
#else
#define COHORTIST_SIMD_ONCE
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include "core/sets/chunk.h"

HWY_BEFORE_NAMESPACE();
namespace cohortist::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<std::uint64_t>;
using Vector = hn::Vec<Tag>;

HWY_INLINE Vector load(const std::uint64_t* words) {
    return hn::LoadU(Tag(), words); // inputs lie where their files put them
}

HWY_INLINE void store(Vector vector, std::uint64_t* words) {
    hn::StoreU(vector, Tag(), words);
}

// Adds up set bits; the sum is taken from it once.
class BitCounter {
public:
    HWY_INLINE BitCounter() // an implicit one would be compiled for the portable target
        : m_sums(hn::Zero(Tag())) {}
    HWY_INLINE void add(Vector bits) { m_sums = hn::Add(m_sums, bitsIn(bits)); }
    HWY_INLINE std::uint32_t total() const {
        return static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(Tag(), m_sums)));
    }

private:
    static HWY_INLINE Vector bitsIn(Vector bits) {
#if HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
        return hn::PopulationCount(bits);
#else // one instruction for bytes, or two table look-ups, and one to add up eight of them
        const hn::Repartition<std::uint8_t, Tag> bytes;
        return hn::SumsOf8(hn::PopulationCount(hn::BitCast(bytes, bits)));
#endif
    }

    Vector m_sums;
};

} // namespace cohortist::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
