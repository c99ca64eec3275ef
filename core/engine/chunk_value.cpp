// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/chunk_value.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/sets/kernels.h"

namespace cohortist {

namespace {

using Operands = std::span<const ChunkValue* const>;

// May the bytes be read as words where they lie?
bool isAligned(const std::uint8_t* bytes) {
    return std::endian::native == std::endian::little &&
           reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint64_t) == 0;
}

std::uint64_t totalCount(Operands operands) {
    std::uint64_t total = 0;
    for (const ChunkValue* operand : operands) {
        total += operand->count();
    }
    return total;
}

bool areArrays(Operands operands) {
    return std::all_of(operands.begin(), operands.end(),
                       [](const ChunkValue* operand) { return operand->isArray(); });
}

using ArrayOperation = std::size_t (*)(std::span<const std::uint16_t>,
                                       std::span<const std::uint16_t>, std::uint16_t*);

// Folds arrays whose result can have no more than kLongestArray values.
std::size_t fold(Operands operands, ArrayOperation operation, std::uint16_t* out) {
    std::array<std::uint16_t, ChunkValue::kLongestArray> other;
    std::size_t count = 0;
    for (const ChunkValue* operand : operands) {
        std::copy(out, out + count, other.begin());
        count = operation({other.data(), count}, operand->array(), out);
    }
    return count;
}

} // namespace

ChunkValue::Memory& ChunkValue::memory() {
    if (!m_memory) {
        m_memory = std::make_unique<Memory>();
    }
    return *m_memory;
}

void ChunkValue::clear() {
    m_count = 0;
    m_array = nullptr;
    m_words = nullptr;
}

void ChunkValue::setArray(std::size_t count) {
    m_count = static_cast<std::uint32_t>(count);
    m_array = m_memory->values.data();
    m_words = nullptr;
}

void ChunkValue::setBitset(std::uint32_t count) {
    if (count == 0) {
        clear();
        return;
    }
    m_count = count;
    m_array = nullptr;
    m_words = m_memory->words.data();
}

void ChunkValue::load(const ChunkView* view) {
    if (view == nullptr) {
        clear();
        return;
    }
    if (view->form == ChunkView::Form::Bitset && isAligned(view->data)) {
        m_count = view->cardinality;
        m_array = nullptr;
        m_words = reinterpret_cast<const std::uint64_t*>(view->data);
        return;
    }
    if (view->cardinality <= kLongestArray) {
        kernels::toArray(*view, memory().values.data());
        setArray(view->cardinality);
        return;
    }
    kernels::toBitset(*view, memory().words.data());
    setBitset(view->cardinality);
}

void ChunkValue::assign(const ChunkValue& other) {
    if (other.isEmpty()) {
        clear();
    } else if (other.isArray()) {
        std::copy(other.array().begin(), other.array().end(), memory().values.begin());
        setArray(other.count());
    } else {
        become(other);
    }
}

void ChunkValue::become(const ChunkValue& other) {
    std::uint64_t* words = memory().words.data();
    if (other.isArray()) {
        std::fill(words, words + kChunkWords, 0);
        kernels::setBits(other.array(), words);
    } else {
        std::copy(other.words(), other.words() + kChunkWords, words);
    }
    setBitset(other.count());
}

void ChunkValue::intersect(Operands operands) {
    const ChunkValue* smallest = *std::min_element(
        operands.begin(), operands.end(), [](const ChunkValue* a, const ChunkValue* b) {
            return a->isArray() != b->isArray() ? a->isArray() : a->count() < b->count();
        });
    const bool isDecided =
        std::any_of(operands.begin(), operands.end(),
                    [](const ChunkValue* operand) { return operand->isEmpty(); });
    if (isDecided) {
        clear();
        return;
    }
    assign(*smallest);
    for (const ChunkValue* operand : operands) {
        if (operand == smallest || isEmpty()) {
            continue;
        }
        if (!isArray()) {
            setBitset(kernels::andBitset(m_memory->words.data(), operand->words()));
        } else if (operand->isArray()) {
            std::array<std::uint16_t, kLongestArray> own;
            std::copy(array().begin(), array().end(), own.begin());
            setArray(kernels::intersect({own.data(), m_count}, operand->array(),
                                        m_memory->values.data()));
        } else {
            setArray(kernels::filter(array(), operand->words(), true, m_memory->values.data()));
        }
    }
}

void ChunkValue::unite(Operands operands) {
    if (areArrays(operands) && totalCount(operands) <= kLongestArray) {
        std::uint16_t* out = memory().values.data();
        setArray(fold(operands, kernels::unite, out));
        return;
    }
    std::uint64_t* words = memory().words.data();
    std::fill(words, words + kChunkWords, 0);
    for (const ChunkValue* operand : operands) {
        if (operand->isArray()) {
            kernels::setBits(operand->array(), words);
        } else {
            kernels::orBitset(words, operand->words());
        }
    }
    setBitset(kernels::countBitset(words));
}

void ChunkValue::exclude(Operands operands) {
    if (areArrays(operands) && totalCount(operands) <= kLongestArray) {
        std::uint16_t* out = memory().values.data();
        setArray(fold(operands, kernels::exclude, out));
        return;
    }
    std::uint64_t* words = memory().words.data();
    std::fill(words, words + kChunkWords, 0);
    for (const ChunkValue* operand : operands) {
        if (operand->isArray()) {
            kernels::flipBits(operand->array(), words);
        } else {
            kernels::xorBitset(words, operand->words());
        }
    }
    setBitset(kernels::countBitset(words));
}

void ChunkValue::subtract(Operands operands) {
    assign(*operands.front());
    for (const ChunkValue* operand : operands.subspan(1)) {
        if (isEmpty()) {
            return;
        }
        if (operand->isEmpty()) {
            continue;
        }
        if (!isArray() && operand->isArray()) {
            kernels::clearBits(operand->array(), m_memory->words.data());
            setBitset(kernels::countBitset(m_memory->words.data()));
        } else if (!isArray()) {
            setBitset(kernels::andNotBitset(m_memory->words.data(), operand->words()));
        } else if (operand->isArray()) {
            std::array<std::uint16_t, kLongestArray> own;
            std::copy(array().begin(), array().end(), own.begin());
            setArray(kernels::subtract({own.data(), m_count}, operand->array(),
                                       m_memory->values.data()));
        } else {
            setArray(kernels::filter(array(), operand->words(), false, m_memory->values.data()));
        }
    }
}

std::uint32_t countIntersection(const ChunkValue& a, const ChunkValue& b) {
    if (a.isEmpty() || b.isEmpty()) {
        return 0;
    }
    if (a.isArray() && b.isArray()) {
        return static_cast<std::uint32_t>(kernels::countIntersection(a.array(), b.array()));
    }
    if (a.isArray()) {
        return kernels::countIn(a.array(), b.words());
    }
    return b.isArray() ? kernels::countIn(b.array(), a.words())
                       : kernels::countAnd(a.words(), b.words());
}

} // namespace cohortist
