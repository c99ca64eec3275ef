// SPDX-License-Identifier: GPL-3.0-or-later
// Replies as their bytes come: in any parts they mean the same, and what no server should send is
// refused before it costs memory or time.
#include <QTest>

#include <random>

#include "tests/support/reply_in_parts.h"

using namespace cohortist;
using namespace cohortist::test;

using Fault = ReplyFrames::Fault;

namespace {

std::string bytesOf(const Reply& reply) {
    switch (reply.type) {
    case Reply::Type::Nil:
        return "$-1\r\n";
    case Reply::Type::Integer:
        return ":" + std::to_string(reply.integer) + "\r\n";
    case Reply::Type::Status:
        return "+" + reply.text + "\r\n";
    case Reply::Type::Error:
        return "-" + reply.text + "\r\n";
    case Reply::Type::Bulk:
        return "$" + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
    case Reply::Type::Array:
    case Reply::Type::Streamed:
        break;
    }
    std::string bytes = "*" + std::to_string(reply.elements.size()) + "\r\n";
    for (const Reply& element : reply.elements) {
        bytes += bytesOf(element);
    }
    return bytes;
}

Reply randomReply(std::mt19937_64& random, int depth) {
    Reply reply;
    reply.type = static_cast<Reply::Type>(random() % (depth > 0 ? 6 : 5));
    const auto text = [&](bool isBinary) {
        std::string result;
        for (std::uint64_t i = 0, size = random() % 20; i < size; ++i) {
            result += static_cast<char>(isBinary ? random() % 256 : 'a' + random() % 26);
        }
        return result;
    };
    switch (reply.type) {
    case Reply::Type::Integer:
        reply.integer = static_cast<std::int64_t>(random());
        break;
    case Reply::Type::Status:
    case Reply::Type::Error:
        reply.text = text(false);
        break;
    case Reply::Type::Bulk:
        reply.text = text(true);
        break;
    case Reply::Type::Array:
        for (std::uint64_t i = 0, size = random() % 5; i < size; ++i) {
            reply.elements.push_back(randomReply(random, depth - 1));
        }
        break;
    case Reply::Type::Nil:
    case Reply::Type::Streamed:
        break;
    }
    return reply;
}

} // namespace

class TestReply : public QObject {
    Q_OBJECT
private slots:
    void meansTheSameInAnyParts() {
        std::mt19937_64 random(7);
        for (int round = 0; round < 500; ++round) {
            const Reply reply = randomReply(random, 4);
            const std::string bytes = bytesOf(reply);
            const std::size_t steps[] = {1, 2, 3, 1 + random() % 50, bytes.size()};
            for (const std::size_t step : steps) {
                const ReplyOutcome outcome = readInParts(bytes + "+next\r\n", step);
                QVERIFY2(outcome.reply && isSame(*outcome.reply, reply), bytes.c_str());
                QCOMPARE(outcome.consumed, bytes.size());
            }
        }
    }

    void streamsBulkStringsAlone() {
        const std::string payload = std::string("a\r\n$5\0b", 7) + std::string(1000, 'x');
        const std::string bytes = "$" + std::to_string(payload.size()) + "\r\n" + payload + "\r\n";
        for (std::size_t step : {1U, 2U, 7U, 5000U}) {
            const ReplyOutcome outcome = readInParts(bytes + ":1\r\n", step, true, 32);
            QVERIFY(outcome.reply && outcome.reply->type == Reply::Type::Streamed);
            QCOMPARE(outcome.streamed, payload);
            QCOMPARE(outcome.consumed, bytes.size());
        }
        QCOMPARE(readInParts("$0\r\n\r\n", 1, true).reply->integer, std::int64_t{0});
        QVERIFY(readInParts("$-1\r\n", 1, true).reply->type == Reply::Type::Nil);
        QVERIFY(readInParts("-WRONGTYPE x\r\n", 1, true).reply->isError("WRONGTYPE"));
        const ReplyOutcome nested = readInParts("*1\r\n$3\r\nabc\r\n", 1, true);
        QVERIFY(nested.reply && nested.reply->elements.at(0).text == "abc");
    }

    void refusesWhatNoServerSays_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("fault");
        const auto row = [](const char* name, const QByteArray& bytes, Fault fault) {
            QTest::newRow(name) << bytes << static_cast<int>(fault);
        };
        row("http", "HTTP/1.1 400 Bad Request\r\n", Fault::Http);
        row("tls alert", QByteArray("\x15\x03\x01\x00\x02\x02", 6), Fault::Tls);
        row("map", "%1\r\n+a\r\n+b\r\n", Fault::Resp3);
        row("null", "_\r\n", Fault::Resp3);
        row("ssh", "SSH-2.0\r\n", Fault::NotRedis);
        row("nested garbage", "*2\r\n+a\r\nHTTP\r\n", Fault::NotRedis);
        row("endless status", "+" + QByteArray(20000, 'a'), Fault::EndlessLine);
        row("endless length", "$" + QByteArray(30, '1'), Fault::EndlessLine);
        row("huge bulk", "$9223372036854775807\r\n", Fault::TooLarge);
        row("past 64 bits", "$9223372036854775808\r\n", Fault::Length);
        row("huge array", "*2147483647\r\n", Fault::TooLarge);
        row("arrays in arrays", "*200000\r\n*200000\r\n*200000\r\n", Fault::TooLarge);
        row("negative", "$-2\r\n", Fault::Length);
        row("no number", "$1x\r\n", Fault::Length);
        row("empty number", ":\r\n", Fault::Length);
        row("no integer", ":1.5\r\n", Fault::Length);
        row("bare newline", "+OK\n", Fault::BadTerminator);
        row("wrong terminator", "$3\r\nabcXY+OK\r\n", Fault::BadTerminator);
        row("wrong terminator in an array", "*1\r\n$3\r\nabc\n\r", Fault::BadTerminator);
        row("sum over the budget",
            "*2\r\n$700000\r\n" + QByteArray(700000, 'x') + "\r\n$700000\r\n", Fault::TooLarge);
        row("too deep", QByteArray("*1\r\n").repeated(20) + ":1\r\n", Fault::NotRedis);
    }
    void refusesWhatNoServerSays() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, fault);
        for (const std::size_t step : {std::size_t{1}, std::size_t{100'000}}) {
            if (step == 1 && bytes.size() > 100'000) {
                continue;
            }
            const ReplyOutcome outcome = readInParts(bytes.toStdString(), step);
            QVERIFY(!outcome.reply);
            QCOMPARE(static_cast<int>(outcome.fault), fault);
        }
    }

    void refusesAWrongTerminatorOfAStream() {
        QVERIFY(readInParts("$3\r\nabcXY", 1, true).fault == Fault::BadTerminator);
    }

    void knowsAnErrorsCode() {
        const Reply error{Reply::Type::Error, 0, "ASK 1 host:1", {}};
        QVERIFY(error.isError("ASK"));
        QVERIFY(!error.isError("AS"));
        QVERIFY(!error.isError("ASKING"));
        QVERIFY(!(Reply{Reply::Type::Bulk, 0, "ASK 1", {}}.isError("ASK")));
    }
};

QTEST_APPLESS_MAIN(TestReply)
#include "test_reply.moc"
