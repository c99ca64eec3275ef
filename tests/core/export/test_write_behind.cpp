// SPDX-License-Identifier: GPL-3.0-or-later
// Writing on a thread of its own: the order of what is written, its failures, its ends.
#include <QTest>

#include <semaphore>

#include "core/export/write_behind.h"

using namespace cohortist;

namespace {

Error diskFull() {
    return Error{ErrorCode::CannotWrite,
                 message("core", "cannot write %1", std::string("x")),
                 message("core", "the disk is full"),
                 message("core", "Free some space."),
                 {},
                 {}};
}

} // namespace

class TestWriteBehind : public QObject {
    Q_OBJECT
private slots:
    void writesAllInOrder() {
        std::string expected;
        std::string written;
        {
            WriteBehind writer([&](std::string_view bytes) {
                written += bytes;
                return Result<void>();
            });
            for (int i = 0; i < 2000; ++i) {
                const std::string block(static_cast<std::size_t>(i % 7),
                                        static_cast<char>('a' + i % 26));
                expected += block;
                QVERIFY(writer.write(block));
            }
            QVERIFY(writer.finish());
            QCOMPARE(written, expected);
        }
        QCOMPARE(written, expected);
    }

    void isOneBlockAhead() {
        std::binary_semaphore begun(0);
        std::binary_semaphore mayGoOn(0);
        WriteBehind writer([&](std::string_view /*bytes*/) {
            begun.release();
            mayGoOn.acquire();
            return Result<void>();
        });
        QVERIFY(writer.write("a")); // comes back while the sink is still at it
        begun.acquire();
        mayGoOn.release();
        QVERIFY(writer.write("b"));
        begun.acquire();
        mayGoOn.release();
        QVERIFY(writer.finish());
    }

    void tellsAFailureOnceAndForAll() {
        int calls = 0;
        WriteBehind writer([&](std::string_view /*bytes*/) {
            ++calls;
            return calls < 2 ? Result<void>() : Result<void>(fail(diskFull()));
        });
        QVERIFY(writer.write("a"));
        QVERIFY(writer.write("b")); // fails, which the next call tells
        for (int i = 0; i < 3; ++i) {
            const auto result = writer.write("c");
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::CannotWrite);
        }
        QCOMPARE(writer.finish().error().code, ErrorCode::CannotWrite);
        QCOMPARE(calls, 2);
    }

    void theLastFailureIsToldByTheEnd() {
        WriteBehind writer(
            [](std::string_view /*bytes*/) -> Result<void> { return fail(diskFull()); });
        QVERIFY(writer.write("a"));
        QVERIFY(!writer.finish());
    }

    void endsAtAnyMoment() {
        for (int blocks = 0; blocks < 200; ++blocks) {
            WriteBehind writer([](std::string_view /*bytes*/) { return Result<void>(); });
            for (int i = 0; i < blocks % 4; ++i) {
                QVERIFY(writer.write("a"));
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestWriteBehind)
#include "test_write_behind.moc"
