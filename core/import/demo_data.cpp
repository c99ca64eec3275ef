// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/demo_data.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "core/base/worker_pool.h"
#include "core/import/demo_model.h"
#include "core/store/snapshot/snapshot_writer.h"

namespace cohortist {

namespace {

using demo::Chance;
using demo::Model;
using demo::perMille;
using demo::Trait;
using demo::UserBits;

constexpr std::uint32_t kMaxUsers = 20'000'000;
constexpr std::uint32_t kMaxDays = 3660;
constexpr std::uint64_t kMaxUserDays = 8'000'000'000; // the working memory is an eighth of it
constexpr std::int32_t kFirstEnd = -25567;            // 1900-01-01
constexpr std::int32_t kLastEnd = 376'199;            // in 2999
constexpr std::size_t kHours = 24;

// When users log in: each number an hour, as often as it is likely.
constexpr std::array<std::uint8_t, 64> kLoginHours = {
    0,  1,  2,  5,  6,  6,  7,  7,  7,  8,  8,  8,  8,  8,  9,  9,  9,  9,  9,  9,  9,  10,
    10, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 15,
    15, 15, 15, 16, 16, 16, 17, 17, 17, 18, 18, 19, 19, 20, 20, 20, 21, 21, 22, 23};

// How an event comes about.
enum class Way {
    Active, // all who are active
    Share,  // of the active ones, by day
    Heavy,  // the same, for the few who work with it
    Once,   // on one of the first days, by those who come then
    Signup, // on the first day
    Device, // of the active ones, those with the trait
    Flag    // unique alone, of all users
};

struct Event {
    std::string_view name;
    Way way = Way::Share;
    Chance chance = 0;
    Trait trait = Trait::Web;
    bool isHourly = false;
    bool isUnique = false; // as well
};

// Ascending by name, as a snapshot has them.
constexpr std::array kEvents = {
    Event{.name = "active", .way = Way::Active},
    Event{.name = "agerange#1829", .way = Way::Flag, .chance = perMille(310)},
    Event{.name = "agerange#3040", .way = Way::Flag, .chance = perMille(270)},
    Event{.name = "agerange#4150", .way = Way::Flag, .chance = perMille(180)},
    Event{.name = "agerange#5199", .way = Way::Flag, .chance = perMille(110)},
    Event{.name = "billing:failed", .way = Way::Heavy, .chance = 6},
    Event{.name = "comment:add", .way = Way::Heavy, .chance = perMille(420)},
    Event{.name = "export:csv", .way = Way::Heavy, .chance = perMille(60)},
    Event{.name = "invite:sent", .way = Way::Share, .chance = perMille(35)},
    Event{.name = "login", .way = Way::Share, .chance = perMille(720), .isHourly = true},
    Event{.name = "newsletter", .way = Way::Flag, .chance = perMille(340)},
    Event{.name = "onboarding:done", .way = Way::Once, .chance = perMille(650)},
    Event{
        .name = "os:android", .way = Way::Device, .chance = perMille(60), .trait = Trait::Android},
    Event{.name = "os:ios", .way = Way::Device, .chance = perMille(40), .trait = Trait::Ios},
    Event{.name = "os:web", .way = Way::Device, .chance = perMille(330), .trait = Trait::Web},
    Event{.name = "premium", .way = Way::Flag, .chance = perMille(55)},
    Event{.name = "search", .way = Way::Share, .chance = perMille(300)},
    Event{.name = "signup", .way = Way::Signup, .isUnique = true},
    Event{.name = "task:add", .way = Way::Share, .chance = perMille(540)},
    Event{.name = "task:done", .way = Way::Share, .chance = perMille(410)},
    Event{.name = "upgrade", .way = Way::Once, .chance = perMille(20)}};

constexpr std::uint32_t kOnceDays = 7;
constexpr Chance kHeavyUsers = perMille(250);
constexpr std::uint64_t kHeavyPurpose = 10;
constexpr std::uint64_t kAgePurpose = 11;
constexpr std::uint64_t kHourPurpose = 12;
constexpr std::uint64_t kEventPurpose = 100; // and the event's place

bool isAge(const Event& event) {
    return event.name.substr(0, 9) == "agerange#";
}

class Generator {
public:
    Generator(const DemoOptions& options, SnapshotWriter& writer, const JobContext& job)
        : m_model(options)
        , m_writer(writer)
        , m_job(job) {}

    [[nodiscard]] Result<void> run() {
        m_active.resize(m_model.days());
        if (!m_pool.forEach(m_model.days(), m_job, [this](std::size_t day, unsigned /*worker*/) {
                m_active[day] = m_model.activeOn(static_cast<std::uint32_t>(day));
            })) {
            return failCancelled();
        }
        for (std::size_t place = 0; place < kEvents.size(); ++place) {
            Result<void> done =
                kEvents[place].way == Way::Flag ? writeFlag(place) : writeEvent(place);
            if (!done) {
                return done;
            }
            m_job.report({place + 1, kEvents.size() + 1});
        }
        return m_writer.finish(m_everyone);
    }

private:
    [[nodiscard]] bool does(const Event& event, std::size_t place, std::uint32_t user,
                            std::uint32_t day) const {
        const std::uint64_t purpose = kEventPurpose + place;
        switch (event.way) {
        case Way::Active:
            return true;
        case Way::Heavy:
            return Model::falls(m_model.roll(kHeavyPurpose, user), kHeavyUsers) &&
                   Model::falls(m_model.roll(purpose, user, day), event.chance);
        case Way::Once: {
            const std::uint32_t roll = m_model.roll(purpose, user);
            // Half of them do it on the first day.
            const std::uint32_t age = (roll >> 24) % (2 * kOnceDays);
            return Model::falls(roll, event.chance) &&
                   m_model.ageOf(user, day) == (age < kOnceDays ? age : 0);
        }
        case Way::Signup:
            return m_model.ageOf(user, day) == 0;
        case Way::Device:
            return m_model.traitOf(user) == event.trait ||
                   Model::falls(m_model.roll(purpose, user, day), event.chance);
        case Way::Share:
        case Way::Flag:
            break;
        }
        return Model::falls(m_model.roll(purpose, user, day), event.chance);
    }

    // The days' sets, and the hours' where they are tracked; hours are empty otherwise.
    void makeDay(const Event& event, std::size_t place, std::uint32_t day, Bitmap& set,
                 std::vector<Bitmap>& hours) const {
        UserBits users(m_model.users());
        std::vector<UserBits> byHour(event.isHourly ? kHours : 0, users);
        m_active[day].forEach([&](std::uint32_t user) {
            if (!does(event, place, user, day)) {
                return;
            }
            users.add(user);
            if (event.isHourly) {
                // One log-in or two.
                const std::uint32_t roll = m_model.roll(kHourPurpose, user, day);
                byHour[kLoginHours[roll % 64]].add(user);
                if ((roll >> 6) % 4 == 0) {
                    byHour[kLoginHours[(roll >> 8) % 64]].add(user);
                }
            }
        });
        set = users.toBitmap();
        for (const UserBits& hour : byHour) {
            hours.push_back(hour.toBitmap());
        }
    }

    [[nodiscard]] Result<void> writeEvent(std::size_t place) {
        const Event& event = kEvents[place];
        std::vector<Bitmap> days(m_model.days());
        std::vector<std::vector<Bitmap>> hours(m_model.days());
        if (!m_pool.forEach(m_model.days(), m_job, [&](std::size_t day, unsigned /*worker*/) {
                makeDay(event, place, static_cast<std::uint32_t>(day), days[day], hours[day]);
            })) {
            return failCancelled();
        }
        const auto isKept = [&](std::uint32_t day) { return day != m_model.outage(); };
        for (std::uint32_t day = 0; day < m_model.days(); ++day) {
            for (std::size_t hour = 0; isKept(day) && hour < hours[day].size(); ++hour) {
                const std::int32_t index = m_model.dateOf(day).index * static_cast<int>(kHours) +
                                           static_cast<std::int32_t>(hour);
                if (Result<void> done = write(event, Kind::Hour, index, hours[day][hour]); !done) {
                    return done;
                }
            }
            hours[day].clear();
        }
        for (std::uint32_t day = 0; day < m_model.days(); ++day) {
            const std::int32_t index = m_model.dateOf(day).index;
            if (Result<void> done =
                    isKept(day) ? write(event, Kind::Day, index, days[day]) : Result<void>();
                !done) {
                return done;
            }
        }
        Result<std::vector<Bitmap>> done = writeUnions(event, Kind::Week, days);
        if (done) {
            done = writeUnions(event, Kind::Month, days);
        }
        if (!done) {
            return fail(std::move(done).error());
        }
        const Bitmap ever = Bitmap::unite(*done);
        m_everyone = Bitmap::unite(std::array{m_everyone, ever});
        return event.isUnique ? write(event, Kind::Unique, 0, ever) : Result<void>();
    }

    // The unions of the days, the lost one too: its larger periods were counted.
    [[nodiscard]] Result<std::vector<Bitmap>> writeUnions(const Event& event, Kind kind,
                                                          std::span<const Bitmap> days) {
        std::map<std::int32_t, std::vector<Bitmap>> parts;
        for (std::uint32_t day = 0; day < m_model.days(); ++day) {
            const Instant start = startOf(m_model.dateOf(day));
            parts[periodAt(granularityOf(kind), start).index].push_back(days[day]);
        }
        std::vector<Bitmap> unions;
        for (const auto& [index, sets] : parts) {
            unions.push_back(Bitmap::unite(sets));
            if (Result<void> done = write(event, kind, index, unions.back()); !done) {
                return fail(std::move(done).error());
            }
        }
        return unions;
    }

    [[nodiscard]] Result<void> writeFlag(std::size_t place) {
        const Event& event = kEvents[place];
        // Age ranges exclude each other: they share one roll, each its own part of it.
        Chance first = 0;
        for (std::size_t before = 0; isAge(event) && before < place; ++before) {
            first += isAge(kEvents[before]) ? kEvents[before].chance : 0;
        }
        const std::uint64_t purpose = isAge(event) ? kAgePurpose : kEventPurpose + place;
        UserBits users(m_model.users());
        for (std::uint32_t user = 0; user < m_model.users(); ++user) {
            const Chance roll = m_model.roll(purpose, user) & 0xFFFF;
            if (roll >= first && roll < first + event.chance) {
                users.add(user);
            }
        }
        const Bitmap set = users.toBitmap();
        m_everyone = Bitmap::unite(std::array{m_everyone, set});
        return write(event, Kind::Unique, 0, set);
    }

    // As with bitmapist, a key is there when somebody was marked.
    [[nodiscard]] Result<void> write(const Event& event, Kind kind, std::int32_t period,
                                     const Bitmap& set) {
        return set.isEmpty() ? Result<void>() : m_writer.add(event.name, kind, period, set);
    }

    Model m_model;
    SnapshotWriter& m_writer;
    const JobContext& m_job;
    WorkerPool m_pool;
    std::vector<UserBits> m_active; // by day
    Bitmap m_everyone;
};

tl::unexpected<Error> usage(Message why) {
    return fail(
        Error{ErrorCode::Usage, message("core", "cannot make demo data"), std::move(why), {}, {}});
}

} // namespace

Result<void> writeDemo(const DemoOptions& options, const std::string& path, const JobContext& job) {
    if (options.users > kMaxUsers) {
        return usage(message("core", "at most %1 users are possible", std::to_string(kMaxUsers)));
    }
    if (options.days == 0 || options.days > kMaxDays) {
        return usage(message("core", "the days must be 1 to %1", std::to_string(kMaxDays)));
    }
    if (std::uint64_t{options.users} * options.days > kMaxUserDays) {
        return usage(message("core", "so many users for so many days take too much memory"));
    }
    if (options.end.granularity != Granularity::Day || options.end.index < kFirstEnd ||
        options.end.index > kLastEnd) {
        return usage(message("core", "the end must be a day of the years 1900 to 2999"));
    }
    SnapshotMeta meta;
    meta.origin = "demo";
    meta.asOf = endOf(options.end);
    Result<SnapshotWriter> writer = SnapshotWriter::create(path, std::move(meta), job);
    if (!writer) {
        return fail(std::move(writer).error());
    }
    return Generator(options, *writer, job).run();
}

} // namespace cohortist
