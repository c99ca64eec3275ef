// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/text_table.h"

#include <algorithm>
#include <cstring>

#include <xxhash.h>

namespace cohortist {

namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kTextBlock = 256U << 10;

} // namespace

TextTable::TextTable()
    : m_slots(kFirstSlots) {}

std::uint64_t TextTable::hashOf(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
}

// Where the text is, or where it would go.
std::size_t TextTable::slotOf(std::string_view text, std::uint64_t hash) const {
    const std::size_t mask = m_slots.size() - 1;
    const auto low = static_cast<std::uint32_t>(hash);
    std::size_t at = homeOf(hash);
    while (m_slots[at].number != kEmpty &&
           (m_slots[at].hash != low || this->text(m_slots[at].number) != text)) {
        at = (at + 1) & mask;
    }
    return at;
}

std::optional<std::uint32_t> TextTable::find(std::string_view text, std::uint64_t hash) const {
    const std::uint32_t number = m_slots[slotOf(text, hash)].number;
    return number == kEmpty ? std::nullopt : std::optional(number);
}

// In three steps, each of which needs what the one before fetched.
void TextTable::prefetch(std::span<const Sought> sought) const {
    for (const Sought& one : sought) {
        __builtin_prefetch(&m_slots[homeOf(one.hash)]);
    }
    const std::size_t mask = m_slots.size() - 1;
    const auto candidateOf = [&](const Sought& one) -> const Text* {
        std::size_t at = homeOf(one.hash);
        while (m_slots[at].number != kEmpty &&
               m_slots[at].hash != static_cast<std::uint32_t>(one.hash)) {
            at = (at + 1) & mask;
        }
        return m_slots[at].number == kEmpty ? nullptr : &m_texts[m_slots[at].number];
    };
    for (const Sought& one : sought) {
        if (const Text* candidate = candidateOf(one)) {
            __builtin_prefetch(candidate);
        }
    }
    for (const Sought& one : sought) {
        if (const Text* candidate = candidateOf(one)) {
            __builtin_prefetch(candidate->data);
        }
    }
}

std::uint32_t TextTable::add(std::string_view text, std::uint64_t hash) {
    std::size_t at = slotOf(text, hash);
    if (m_slots[at].number != kEmpty) {
        return m_slots[at].number;
    }
    if ((m_texts.size() + 1) * 2 > m_slots.size()) {
        grow();
        at = slotOf(text, hash);
    }
    const auto number = static_cast<std::uint32_t>(m_texts.size());
    m_texts.push_back({keep(text), static_cast<std::uint32_t>(text.size())});
    m_slots[at] = {static_cast<std::uint32_t>(hash), number};
    return number;
}

void TextTable::grow() {
    std::vector<Slot> old(m_slots.size() * 2);
    old.swap(m_slots);
    const std::size_t mask = m_slots.size() - 1;
    for (const Slot& slot : old) {
        if (slot.number != kEmpty) {
            std::size_t at = homeOf(slot.hash);
            while (m_slots[at].number != kEmpty) {
                at = (at + 1) & mask;
            }
            m_slots[at] = slot;
        }
    }
}

const char* TextTable::keep(std::string_view text) {
    if (text.size() > m_blockLeft) {
        m_blockLeft = std::max(kTextBlock, text.size());
        m_blocks.push_back(std::make_unique<char[]>(m_blockLeft));
        m_blockAt = m_blocks.back().get();
    }
    char* const kept = m_blockAt;
    std::memcpy(kept, text.data(), text.size());
    m_blockAt += text.size();
    m_blockLeft -= text.size();
    return kept;
}

} // namespace cohortist
