// SPDX-License-Identifier: GPL-3.0-or-later
// Who does what on which day of the demo. Ids are given out in order of sign-up, so the users of
// one day are a range; on each later day a user is active by a chance that falls with the days
// since, follows the week and depends on how keen the user is. All chances are fixed-point numbers
// held against a hash of seed, user and day. Immutable once built; safe to share between threads.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "core/import/demo_data.h"
#include "core/sets/bitmap.h"

namespace cohortist::demo {

// A chance in 1/65,536.
using Chance = std::uint32_t;
[[nodiscard]] constexpr Chance perMille(std::uint32_t share) {
    return share * 65536 / 1000;
}

[[nodiscard]] std::uint64_t mixed(std::uint64_t value); // a good hash of 64 bits

// A set of the demo's users while it is being made.
class UserBits {
public:
    explicit UserBits(std::uint32_t users = 0)
        : m_words((users + 65535ULL) / 65536 * kChunkWords) {}
    void add(std::uint32_t user) { m_words[user / 64] |= std::uint64_t{1} << user % 64; }
    [[nodiscard]] std::span<const std::uint64_t> words() const { return m_words; }
    [[nodiscard]] Bitmap toBitmap() const;

    template <typename Visit>
    void forEach(const Visit& visit) const {
        for (std::size_t word = 0; word < m_words.size(); ++word) {
            for (std::uint64_t bits = m_words[word]; bits != 0; bits &= bits - 1) {
                visit(static_cast<std::uint32_t>(word * 64) +
                      static_cast<std::uint32_t>(std::countr_zero(bits)));
            }
        }
    }

private:
    std::vector<std::uint64_t> m_words;
};

enum class Trait : std::uint8_t { Android, Ios, Web };

class Model {
public:
    explicit Model(const DemoOptions& options);

    [[nodiscard]] std::uint32_t users() const { return m_users; }
    [[nodiscard]] std::uint32_t days() const { return m_days; }
    [[nodiscard]] Period dateOf(std::uint32_t day) const { return shifted(m_firstDay, day); }
    // The day on which tracking was down; days() where there is none.
    [[nodiscard]] std::uint32_t outage() const;

    // Users who signed up on the day: ids [first, last). Those before firstOf(0) were there
    // already.
    [[nodiscard]] std::uint32_t firstOf(std::uint32_t day) const { return m_starts[day]; }
    [[nodiscard]] std::uint32_t lastOf(std::uint32_t day) const { return m_starts[day + 1]; }
    [[nodiscard]] UserBits activeOn(std::uint32_t day) const;
    // Days since sign-up; as if it had been 90 days before the first for those there already.
    [[nodiscard]] std::uint32_t ageOf(std::uint32_t user, std::uint32_t day) const;

    // A hash that is the same for the user whenever it is asked with the same purpose …
    [[nodiscard]] std::uint32_t roll(std::uint64_t purpose, std::uint32_t user) const {
        return static_cast<std::uint32_t>(
            mixed(m_seed ^ mixed(purpose) ^ user * 0x9E3779B97F4A7C15ULL));
    }
    // … or for the user and the day.
    [[nodiscard]] std::uint32_t roll(std::uint64_t purpose, std::uint32_t user,
                                     std::uint32_t day) const {
        return roll(purpose << 16 ^ (day + 1), user);
    }
    [[nodiscard]] static bool falls(std::uint32_t roll, Chance chance) {
        return (roll & 0xFFFF) < chance;
    }
    [[nodiscard]] Trait traitOf(std::uint32_t user) const;

private:
    void spreadSignups();

    std::uint64_t m_seed;
    std::uint32_t m_users;
    std::uint32_t m_days;
    Period m_firstDay;
    std::vector<std::uint32_t> m_starts;     // day -> its first user; one more for the end
    std::vector<std::uint8_t> m_keenness;    // user -> grade
    std::vector<std::uint32_t> m_signupDays; // user -> day, for those who signed up in the data
};

} // namespace cohortist::demo
