// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that are not there, say nothing or not enough: an error when the time is up, and a stop
// at any moment ends the waiting.
#include <QTest>

#include <QElapsedTimer>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/small_redis.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::string bigString() {
    return std::string(2'000'000, '\x55');
}

// A resolver that has not answered for this name while it is held.
std::atomic<bool> isResolverHeld = false;
std::atomic<int> lookups = 0;
constexpr const char* kSlowName = "slow.invalid";

} // namespace

// In place of the C library's, which is asked for all other names.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto kReal = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const bool isNumber = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
    if (node == nullptr || std::string_view(node) != kSlowName || isNumber) {
        return kReal(node, service, hints, result);
    }
    ++lookups;
    while (isResolverHeld) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    --lookups;
    return EAI_AGAIN;
}

class TestServerSilence : public QObject {
    Q_OBJECT
private slots:
    void saysNothing() {
        FakeServer server([](const Words&, int) { return FakeReply(); });
        QElapsedTimer clock;
        clock.start();
        requireTrouble(openAt(server.address(), impatient()), "timed out", "rediss://");
        QVERIFY(clock.elapsed() >= 700 && clock.elapsed() < 10'000);
    }

    // A read each 20 ms is no timeout of a socket, but the reply has one.
    void speaksAByteAtATime() {
        FakeReply slow(bulk(bigString()));
        slow.bytesAtOnce = 1;
        slow.pause = std::chrono::milliseconds(20);
        FakeServer server(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return words[0] == "GET" ? std::optional(slow) : std::nullopt;
        }));
        const auto store = openAt(server.address(), impatient());
        QVERIFY(store.has_value());
        QElapsedTimer clock;
        clock.start();
        const auto read =
            stoppedAfter(4, [&](const JobContext& job) { return readKeys(**store, {}, job); });
        QVERIFY(!read.done);
        QCOMPARE(codeOf(read.done.error()), std::string("timed out"));
        requireWellTold(read.done.error());
        QCOMPARE(read.calls, std::size_t{0});
        QVERIFY(clock.elapsed() >= 700 && clock.elapsed() < 10'000);
    }

    void swallowsConnections() {
        // Nobody takes what waits here, and so no more than this may wait.
        const int listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        auto* const address = reinterpret_cast<sockaddr*>(&name);
        QVERIFY(::bind(listener, address, size) == 0 && listen(listener, 0) == 0 &&
                getsockname(listener, address, &size) == 0);
        std::vector<int> waiting;
        for (int i = 0; i < 4; ++i) {
            waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            static_cast<void>(::connect(waiting.back(), address, size));
        }
        QElapsedTimer clock;
        clock.start();
        const std::string text = "redis://127.0.0.1:" + std::to_string(ntohs(name.sin_port));
        requireTrouble(openAt(text, impatient()), "timed out", "nobody answers");
        QVERIFY(clock.elapsed() >= 1490 && clock.elapsed() < 10'000);

        QVERIFY(millisecondsToStop(
                    [&](const JobContext& job) { return openAt(text, patient(), job); }) <= 1000);
        for (const int each : waiting) {
            close(each);
        }
        close(listener);
    }

    void isNotThere() {
        const int port = [] {
            const FakeServer server([](const Words&, int) { return FakeReply(); });
            return server.port();
        }();
        requireTrouble(openAt("redis://127.0.0.1:" + std::to_string(port)), "not found",
                       "refuses the connection");
        requireTrouble(openAt("redis+unix:///nowhere/redis.sock"), "not found", "No such file");
        requireTrouble(openAt("redis+unix:///" + std::string(200, 'x')), "not found", "too long");
        const auto unknown = openAt("redis://nosuch.invalid");
        QVERIFY(!unknown);
        QVERIFY2(unknown.error().english().find("host") != std::string::npos,
                 unknown.error().english().c_str());
        requireWellTold(unknown.error());
    }

    void hasANameThatIsResolvedLate() {
        isResolverHeld = true;
        QElapsedTimer clock;
        clock.start();
        const std::string address = "redis://" + std::string(kSlowName);
        requireTrouble(openAt(address, impatient()), "timed out", "not resolved in time");
        QVERIFY(clock.elapsed() >= 1490 && clock.elapsed() < 10'000);
        QVERIFY(millisecondsToStop([&](const JobContext& job) {
                    return openAt(address, patient(), job);
                }) <= 1000);
        QCOMPARE(lookups.load(), 4); // nobody waits for them
        isResolverHeld = false;
        QTRY_COMPARE(lookups.load(), 0);
        requireTrouble(openAt(address, impatient()), "not found", "no such host");
    }

    void stopsWithinASecond() {
        std::atomic<bool> isSilent = false;
        FakeServer server(smallRedisBut([&](const Words& words, int) -> std::optional<FakeReply> {
            return isSilent && words[0] == "GET" ? std::optional(FakeReply()) : std::nullopt;
        }));
        const auto store = openAt(server.address());
        QVERIFY(store.has_value());
        isSilent = true;
        QVERIFY(millisecondsToStop([&](const JobContext& job) {
                    return readKeys(**store, {}, job).done;
                }) <= 1000);
        isSilent = false;
        requireAll(*store); // and goes on with another connection
    }

    void stopsWhateverItWaitsFor() {
        FakeServer busy([](const Words&, int) {
            return FakeReply("-LOADING Redis is loading the dataset\r\n");
        });
        FakeServer silent([](const Words&, int) { return FakeReply(); });
        for (const std::string& address :
             {busy.address(), silent.address(), "rediss" + silent.address().substr(5),
              "redis+cluster" + silent.address().substr(5)}) {
            const qint64 took = millisecondsToStop(
                [&](const JobContext& job) { return openAt(address, patient(), job); });
            QVERIFY2(took <= 1000, (address + " " + std::to_string(took)).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestServerSilence)
#include "test_server_silence.moc"
