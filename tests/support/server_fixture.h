// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of servers share: patient and impatient settings, a store opened on an address,
// and everything that reading its keys told. Not thread-safe.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include <QElapsedTimer>
#include <QTest>

#include "core/store/redis/redis_store.h"
#include "tests/support/fake_server.h"
#include "tests/support/random_stores.h"

namespace cohortist::test {

// Errors as a test compares them.
[[nodiscard]] inline std::string codeOf(const Error& error) {
    static const std::map<ErrorCode, std::string> kNames = {
        {ErrorCode::Cancelled, "cancelled"},
        {ErrorCode::NotFound, "not found"},
        {ErrorCode::Lost, "lost"},
        {ErrorCode::TimedOut, "timed out"},
        {ErrorCode::Busy, "busy"},
        {ErrorCode::AccessDenied, "access denied"},
        {ErrorCode::TooLarge, "too large"},
        {ErrorCode::WrongFormat, "wrong format"},
        {ErrorCode::Unsupported, "unsupported"}};
    const auto found = kNames.find(error.code);
    return found == kNames.end() ? "another" : found->second;
}

// For the parameters of an address.
[[nodiscard]] inline std::string encoded(const std::string& bytes) {
    std::string text;
    for (const char c : bytes) {
        char part[4];
        static_cast<void>(
            std::snprintf(part, sizeof part, "%%%02X", static_cast<unsigned char>(c)));
        text += part;
    }
    return text;
}

// For what succeeds, on a machine that may be busy.
[[nodiscard]] inline RedisOptions patient() {
    RedisOptions options;
    options.access.timeouts.connect = std::chrono::seconds(30);
    options.access.timeouts.reply = std::chrono::seconds(30);
    options.access.listing.pause = std::chrono::milliseconds(1);
    return options;
}

// For a server that answers, but says that it is busy.
[[nodiscard]] inline RedisOptions soonTired() {
    RedisOptions options = patient();
    options.access.timeouts.patience = std::chrono::milliseconds(200);
    return options;
}

// For what runs into a limit.
[[nodiscard]] inline RedisOptions impatient() {
    RedisOptions options = patient();
    options.access.timeouts.connect = std::chrono::milliseconds(1500);
    options.access.timeouts.reply = std::chrono::milliseconds(700);
    options.access.timeouts.patience = std::chrono::milliseconds(200);
    return options;
}

[[nodiscard]] inline Result<std::shared_ptr<BitmapStore>>
openAt(const std::string& address, const RedisOptions& options = patient(),
       const JobContext& job = {}) {
    auto parsed = parseServerAddress(address);
    if (!parsed) {
        return fail(std::move(parsed.error()));
    }
    return openRedis(*parsed, options, job);
}

// "" where it opened, else the error's code and text.
[[nodiscard]] inline std::string troubleOf(const Result<std::shared_ptr<BitmapStore>>& store) {
    return store ? "" : codeOf(store.error()) + ": " + store.error().english();
}

// What every error of a server must do: say which server, why, and what to do about it. The tests'
// passwords hold the word "secret".
inline void requireWellTold(const Error& error) {
    const std::string text = error.english();
    const std::string server = error.what.english();
    QVERIFY2(server.find("redis") != std::string::npos && server.find("://") != std::string::npos,
             text.c_str());
    QVERIFY2(!error.why.isEmpty() && !error.advice.isEmpty(), text.c_str());
    QVERIFY2(text.find("secret") == std::string::npos, text.c_str());
}

inline void requireTrouble(const Result<std::shared_ptr<BitmapStore>>& store,
                           const std::string& code, const std::string& words) {
    QVERIFY(!store);
    const std::string trouble = troubleOf(store);
    QVERIFY2(trouble.starts_with(code + ": "), trouble.c_str());
    QVERIFY2(trouble.find(words) != std::string::npos, trouble.c_str());
    requireWellTold(store.error());
}

// What the work comes to. It is told to stop after so many seconds, so that what never ends fails
// a test instead of holding it up.
template <typename Work>
[[nodiscard]] auto stoppedAfter(int seconds, const Work& work) {
    std::stop_source stop;
    std::jthread watchman([&](const std::stop_token& done) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any changed;
        changed.wait_for(lock, done, std::chrono::seconds(seconds), [] { return false; });
        if (!done.stop_requested()) {
            stop.request_stop();
        }
    });
    return work(JobContext(stop.get_token()));
}

// How long a stop takes to be noticed, at best of three: a busy machine is late at times.
template <typename Work>
[[nodiscard]] qint64 millisecondsToStop(const Work& work) {
    qint64 best = INT64_MAX;
    for (int i = 0; i < 3; ++i) {
        std::stop_source stop;
        auto working =
            std::async(std::launch::async, [&] { return work(JobContext(stop.get_token())); });
        QTest::qSleep(100);
        QElapsedTimer clock;
        clock.start();
        stop.request_stop();
        const auto done = working.get();
        if (done || done.error().code != ErrorCode::Cancelled) {
            return INT64_MAX;
        }
        best = std::min(best, clock.elapsed());
    }
    return best;
}

struct KeysRead {
    Result<void> done;
    // By the key's printed name, "everyone" and the error's word for what became of it.
    std::map<std::string, KeyRead> reads;
    std::size_t calls = 0;
};

[[nodiscard]] inline KeysRead readKeys(BitmapStore& store, ChunkRange range = {},
                                       const JobContext& job = {}) {
    const auto keys = keysOf(*store.catalog());
    KeysRead result;
    result.done = store.read(
        keys, range,
        [&](std::size_t index, KeyRead read) {
            const BitmapKey& key = keys[index];
            std::string name = "everyone";
            if (!key.isEveryone()) {
                name = store.catalog()->entry(key.event).name;
                name += key.kind == Kind::Unique
                            ? std::string("_u")
                            : "_" + toBitmapist({granularityOf(key.kind), key.period});
            }
            result.reads[name] = std::move(read);
            ++result.calls;
        },
        job);
    return result;
}

} // namespace cohortist::test
