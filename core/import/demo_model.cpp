// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/demo_model.h"

#include <algorithm>
#include <array>

namespace cohortist::demo {

namespace {

constexpr std::uint64_t kKeennessPurpose = 1;
constexpr std::uint64_t kActivePurpose = 2;
constexpr std::uint64_t kTraitPurpose = 3;

constexpr std::uint32_t kOldAge = 90;        // of those who were there before the first day
constexpr std::uint32_t kOldShare = 5;       // one user in five was
constexpr std::uint32_t kMostlyActive = 950; // per mille; nobody comes every day
// Monday first, per mille of a full day.
constexpr std::array<std::uint32_t, 7> kWeek = {1000, 1030, 1010, 980, 930, 560, 500};
// How often users of each grade come, per mille of the usual.
constexpr std::array<std::uint32_t, 8> kGrades = {150, 300, 450, 700, 1000, 1400, 2000, 3000};

// Chance per mille to come `age` days after sign-up: steep at first, then flat.
constexpr std::uint64_t usualReturn(std::uint32_t age) {
    return 45 + 1300 / (age + 3);
}

} // namespace

std::uint64_t mixed(std::uint64_t value) {
    // The finaliser of splitmix64 (Steele, Lea, Flood 2014).
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ value >> 27) * 0x94D049BB133111EBULL;
    return value ^ value >> 31;
}

Bitmap UserBits::toBitmap() const {
    BitmapBuilder builder;
    const std::span<const std::uint64_t> words(m_words);
    for (std::size_t chunk = 0; chunk * kChunkWords < words.size(); ++chunk) {
        builder.addBitset(static_cast<std::uint16_t>(chunk),
                          words.subspan(chunk * kChunkWords, kChunkWords));
    }
    return builder.finish();
}

Model::Model(const DemoOptions& options)
    : m_seed(mixed(options.seed))
    , m_users(options.users)
    , m_days(options.days)
    , m_firstDay(shifted(options.end, 1 - static_cast<std::int64_t>(options.days))) {
    spreadSignups();
    m_keenness.resize(m_users);
    for (std::uint32_t user = 0; user < m_users; ++user) {
        m_keenness[user] = static_cast<std::uint8_t>(roll(kKeennessPurpose, user) % kGrades.size());
    }
}

void Model::spreadSignups() {
    std::vector<std::uint64_t> weights; // sums up to and with the day
    std::uint64_t sum = 0;
    for (std::uint32_t day = 0; day < m_days; ++day) {
        const std::uint32_t growth = 100 + 150 * day / m_days;
        const auto weekday = static_cast<std::size_t>(weekdayOf(dateOf(day)));
        const std::uint32_t luck = 900 + static_cast<std::uint32_t>(mixed(m_seed ^ day) % 200);
        sum += std::uint64_t{growth} * kWeek[weekday] * luck;
        weights.push_back(sum);
    }
    const std::uint32_t old = m_users / kOldShare;
    m_starts.push_back(old);
    m_signupDays.assign(m_users, 0);
    for (std::uint32_t day = 0; day < m_days; ++day) {
        // weights stay below 2^42 and users below 2^25, so divide before it overflows.
        const std::uint64_t scaled = weights[day] * 65536 / sum * (m_users - old) / 65536;
        const auto end = day + 1 == m_days ? m_users : old + static_cast<std::uint32_t>(scaled);
        std::fill(m_signupDays.begin() + m_starts.back(), m_signupDays.begin() + end, day);
        m_starts.push_back(end);
    }
}

std::uint32_t Model::outage() const {
    constexpr std::uint32_t kDaysBeforeEnd = 13; // so that a first look at the table meets it
    return m_days < 2 * kDaysBeforeEnd ? m_days : m_days - kDaysBeforeEnd;
}

std::uint32_t Model::ageOf(std::uint32_t user, std::uint32_t day) const {
    return user < m_starts.front() ? day + kOldAge : day - m_signupDays[user];
}

Trait Model::traitOf(std::uint32_t user) const {
    const std::uint32_t share = roll(kTraitPurpose, user) % 100;
    return share < 46 ? Trait::Android : share < 78 ? Trait::Ios : Trait::Web;
}

UserBits Model::activeOn(std::uint32_t day) const {
    UserBits active(m_users);
    const std::uint64_t week = kWeek[static_cast<std::size_t>(weekdayOf(dateOf(day)))];
    const auto addRange = [&](std::uint32_t first, std::uint32_t last, std::uint32_t age,
                              std::uint64_t quality) {
        std::array<Chance, kGrades.size()> chances{};
        for (std::size_t grade = 0; grade < kGrades.size(); ++grade) {
            const std::uint64_t share =
                usualReturn(age) * kGrades[grade] * week * quality / 1'000'000'000;
            chances[grade] =
                perMille(static_cast<std::uint32_t>(std::min<std::uint64_t>(share, kMostlyActive)));
        }
        for (std::uint32_t user = first; user < last; ++user) {
            if (age == 0 || falls(roll(kActivePurpose, user, day), chances[m_keenness[user]])) {
                active.add(user);
            }
        }
    };
    addRange(0, m_starts.front(), day + kOldAge, 1000);
    for (std::uint32_t signup = 0; signup <= day; ++signup) {
        // The product gets better: later cohorts stay a little longer.
        addRange(firstOf(signup), lastOf(signup), day - signup, 900 + 250 * signup / m_days);
    }
    return active;
}

} // namespace cohortist::demo
