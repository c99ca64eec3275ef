// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_value.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

namespace cohortist {

namespace {

using Form = ChunkView::Form;
using Values = std::span<const std::uint16_t>;

// So many sets ahead of the one that is read.
constexpr std::size_t kReadAhead = 8;

// Two arrays with more values than this together are met quicker as an array and a bitset, though
// the bitset has to be made first.
constexpr std::size_t kLongestMerge = 64;

// A set that is looked at so often is worth the bits of an array, or a copy of a bitset that begins
// where a cache line does.
constexpr std::uint32_t kManyUses = 4;

// May the bytes be read as numbers of this size where they lie?
template <typename Number>
bool isAligned(const std::uint8_t* bytes) {
    return std::endian::native == std::endian::little &&
           reinterpret_cast<std::uintptr_t>(bytes) % alignof(Number) == 0;
}

bool areShort(const ChunkValue& a, const ChunkValue& b) {
    return a.isArray() && b.isArray() && a.count() + std::size_t{b.count()} <= kLongestMerge;
}

std::uint64_t* wordsIn(ChunkBlocks::Block::element_type& block) {
    return reinterpret_cast<std::uint64_t*>(block.bytes.data());
}

std::uint32_t countInRuns(const ChunkView& runs, const ChunkValue& value) {
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < runs.runCount; ++i) {
        count += value.countIn(kernels::runAt(runs, i));
    }
    return count;
}

kernels::WordRange common(kernels::WordRange a, kernels::WordRange b) {
    return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

} // namespace

std::uint64_t* ChunkValue::bitset() {
    if (!m_memory) {
        m_memory = m_blocks->take();
    }
    return wordsIn(*m_memory);
}

std::uint16_t* ChunkValue::values() {
    if (!m_memory) {
        m_memory = m_blocks->take();
    }
    return reinterpret_cast<std::uint16_t*>(m_memory->bytes.data());
}

kernels::WordRange ChunkValue::range() const {
    return m_form == Form::Runs ? kernels::rangeOfRuns(*m_runs) : kernels::WordRange();
}

std::uint32_t ChunkValue::countIn(kernels::Run run) const {
    if (isArray()) {
        const auto values = array();
        const auto first = std::lower_bound(values.begin(), values.end(), run.first);
        return static_cast<std::uint32_t>(std::upper_bound(first, values.end(), run.last) - first);
    }
    if (!hasFewRuns()) {
        return kernels::countInRun(bits(), run);
    }
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < m_runs->runCount; ++i) {
        const kernels::Run own = kernels::runAt(*m_runs, i);
        const std::uint32_t first = std::max(own.first, run.first);
        const std::uint32_t end = std::min(own.last, run.last) + 1;
        count += end > first ? end - first : 0;
    }
    return count;
}

void ChunkValue::giveBack() {
    if (m_image && isShort()) {
        kernels::clearBits(array(), wordsIn(*m_image));
        m_blocks->giveBackZeroed(std::move(m_image));
    } else if (m_image) {
        m_blocks->giveBack(std::move(m_image));
    }
    if (m_memory) {
        m_blocks->giveBack(std::move(m_memory));
    }
}

void ChunkValue::setArray(std::size_t count) {
    m_form = Form::Array;
    m_count = static_cast<std::uint32_t>(count);
    m_array = values();
    m_bits = nullptr;
}

void ChunkValue::setBitset(std::uint32_t count) {
    if (count == 0) {
        clear();
        return;
    }
    m_form = Form::Bitset;
    m_count = count;
    m_bits = wordsIn(*m_memory);
}

void ChunkValue::load(const ChunkView& view, std::uint32_t uses) {
    clear();
    m_form = view.form;
    m_count = view.cardinality;
    if (view.form == Form::Runs) {
        m_runs = &view;
    } else if (view.form == Form::Bitset && uses < kManyUses &&
               isAligned<std::uint64_t>(view.data)) {
        m_bits = reinterpret_cast<const std::uint64_t*>(view.data);
    } else if (view.form == Form::Bitset) {
        std::uint64_t* words = bitset();
        kernels::toBitset(view, words);
        m_bits = words;
    } else if (isAligned<std::uint16_t>(view.data)) {
        m_array = reinterpret_cast<const std::uint16_t*>(view.data);
    } else {
        std::uint16_t* own = values();
        kernels::toArray(view, own);
        m_array = own;
    }
    if (isArray() && uses >= kManyUses) {
        makeBits();
    }
}

const std::uint64_t* ChunkValue::makeBits() const {
    m_image = m_blocks->takeZeroed();
    std::uint64_t* words = wordsIn(*m_image);
    if (m_form == Form::Runs) {
        kernels::setRuns(*m_runs, words);
    } else {
        kernels::setBits(array(), words);
    }
    m_bits = words;
    return m_bits;
}

void ChunkValue::assign(const ChunkValue& other) {
    if (other.isArray()) {
        std::copy(other.array().begin(), other.array().end(), values());
        setArray(other.count());
    } else {
        std::copy(other.bits(), other.bits() + kChunkWords, bitset());
        setBitset(other.count());
    }
}

void ChunkValue::filterArray(const ChunkValue& values, Operands others, bool keepSet) {
    std::uint16_t* out = this->values();
    Values rest = values.array();
    for (const ChunkValue* other : others) {
        if (rest.empty()) {
            break;
        }
        std::size_t count = 0;
        if (!areShort(values, *other)) {
            count = kernels::filter(rest, other->bits(), keepSet, out);
        } else if (keepSet) {
            count = kernels::intersect(rest, other->array(), out);
        } else {
            count = kernels::subtract(rest, other->array(), out);
        }
        rest = {out, count};
    }
    setArray(rest.size());
}

void ChunkValue::intersect(Operands operands) {
    std::sort(operands.begin(), operands.end(),
              [](const ChunkValue* a, const ChunkValue* b) { return a->count() < b->count(); });
    while (operands.size() > 1 && operands.back()->isFull()) {
        operands = operands.first(operands.size() - 1);
    }
    if (operands.size() == 1) {
        assign(*operands.front());
        return;
    }
    if (operands.front()->isArray()) {
        filterArray(*operands.front(), operands.subspan(1), true);
        return;
    }
    std::uint64_t* words = bitset();
    const std::uint64_t* rest = operands.front()->bits();
    std::uint32_t count = 1;
    for (std::size_t i = 1; i < operands.size() && count > 0; ++i) {
        count = kernels::andBitsets(rest, operands[i]->bits(), words);
        rest = words;
    }
    setBitset(count);
}

void ChunkValue::unite(Operands operands) {
    for (const ChunkValue* operand : operands) {
        if (operand->isFull() || operands.size() == 1) {
            assign(*operand);
            return;
        }
    }
    if (operands.size() == 2 && areShort(*operands[0], *operands[1])) {
        setArray(kernels::unite(operands[0]->array(), operands[1]->array(), values()));
        return;
    }
    std::uint64_t* words = bitset();
    if (operands.size() == 2 && !operands[0]->isArray() && !operands[1]->isArray()) {
        setBitset(kernels::orBitsets(operands[0]->bits(), operands[1]->bits(), words));
        return;
    }
    std::vector<const std::uint64_t*> bitsets;
    for (const ChunkValue* operand : operands) {
        if (!operand->isArray()) {
            bitsets.push_back(operand->bits());
        }
    }
    std::uint32_t count = 0;
    if (bitsets.empty()) {
        std::fill(words, words + kChunkWords, 0);
    } else {
        count = kernels::uniteBitsets(bitsets, words);
    }
    if (count == kChunkBits || bitsets.size() == operands.size()) {
        setBitset(count);
        return;
    }
    for (std::size_t i = 0; i < operands.size(); ++i) {
        if (i + kReadAhead < operands.size() && operands[i + kReadAhead]->isArray()) {
            kernels::prefetch(operands[i + kReadAhead]->array());
        }
        if (operands[i]->isArray()) {
            kernels::setBits(operands[i]->array(), words);
        }
    }
    setBitset(kernels::countBitset(words));
}

void ChunkValue::exclude(Operands operands) {
    if (operands.size() == 2 && areShort(*operands[0], *operands[1])) {
        setArray(kernels::exclude(operands[0]->array(), operands[1]->array(), values()));
        return;
    }
    std::uint64_t* words = bitset();
    std::copy(operands.front()->bits(), operands.front()->bits() + kChunkWords, words);
    for (const ChunkValue* operand : operands.subspan(1)) {
        if (operand->isArray()) {
            kernels::flipBits(operand->array(), words);
        } else {
            kernels::xorBitsets(words, operand->bits(), words);
        }
    }
    setBitset(kernels::countBitset(words));
}

void ChunkValue::subtract(Operands operands) {
    const ChunkValue& from = *operands.front();
    const Operands taken = operands.subspan(1);
    if (taken.empty()) {
        assign(from);
        return;
    }
    if (from.isArray()) {
        filterArray(from, taken, false);
        return;
    }
    std::uint64_t* words = bitset();
    const std::uint64_t* rest = from.bits();
    std::uint32_t count = from.count();
    for (const ChunkValue* each : taken) {
        if (count == 0) {
            break;
        }
        count = kernels::andNotBitsets(rest, each->bits(), words);
        rest = words;
    }
    setBitset(count);
}

std::uint32_t countIntersection(const ChunkValue& a, const ChunkValue& b) {
    if (a.isEmpty() || b.isEmpty()) {
        return 0;
    }
    if (a.isFull() || b.isFull()) {
        return std::min(a.count(), b.count());
    }
    if (a.hasFewRuns() || b.hasFewRuns()) {
        return a.hasFewRuns() ? countInRuns(a.runs(), b) : countInRuns(b.runs(), a);
    }
    if (a.isArray() && b.isArray()) {
        if (areShort(a, b) && !a.hasBits() && !b.hasBits()) {
            return static_cast<std::uint32_t>(kernels::countIntersection(a.array(), b.array()));
        }
        const bool isFirst = a.hasBits() == b.hasBits() ? a.count() < b.count() : b.hasBits();
        return isFirst ? kernels::countIn(a.array(), b.bits())
                       : kernels::countIn(b.array(), a.bits());
    }
    if (a.isArray() || b.isArray()) {
        return a.isArray() ? kernels::countIn(a.array(), b.bits())
                           : kernels::countIn(b.array(), a.bits());
    }
    const std::uint64_t* other = b.bits();
    std::uint32_t count = 0;
    kernels::countAndEach(a.bits(), {&other, 1}, &count, common(a.range(), b.range()));
    return count;
}

} // namespace cohortist
