// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "core/store/redis/server_address.h"

using namespace cohortist;

using Transport = ServerAddress::Transport;

class TestServerAddress : public QObject {
    Q_OBJECT
private slots:
    void readsEveryForm() {
        ServerAddress plain;
        plain.host = "host";
        QCOMPARE(read("redis://host"), plain);
        QCOMPARE(read("redis://host:6379/0"), plain);

        ServerAddress full = plain;
        full.user = "ana";
        full.password = "p:w@/?";
        full.port = 7000;
        full.database = 3;
        full.prefix = "app_";
        QCOMPARE(read("redis://ana:p%3Aw%40%2F%3f@host:7000/3?prefix=app_"), full);
        QCOMPARE(read("redis://ana:p:w%40%2F%3F@host:7000/3?prefix=app_"), full);

        ServerAddress alone = plain;
        alone.password = "pw";
        QCOMPARE(read("redis://:pw@host"), alone);
        alone.transport = Transport::Tls;
        QCOMPARE(read("rediss://:pw@host"), alone);
        alone.isCluster = true;
        QCOMPARE(read("rediss+cluster://:pw@host"), alone);
        alone.transport = Transport::Tcp;
        QCOMPARE(read("redis+cluster://:pw@host"), alone);

        alone.usesReplicas = true;
        QCOMPARE(read("redis+cluster://:pw@host?replicas=yes"), alone);
        QVERIFY(alone.text().ends_with("?replicas=yes"));
        QVERIFY(!parseServerAddress("redis://host?replicas=yes"));
        QVERIFY(!parseServerAddress("redis+cluster://host?replicas=maybe"));

        ServerAddress six = plain;
        six.host = "::1";
        six.port = 7001;
        QCOMPARE(read("redis://[::1]:7001"), six);

        ServerAddress path;
        path.transport = Transport::Unix;
        path.path = "/run/re dis@1.sock";
        path.port = 0;
        path.database = 2;
        path.prefix = "a@b/";
        QCOMPARE(read("redis+unix:///run/re%20dis@1.sock?db=2&prefix=a%40b/"), path);
        path.user = "u";
        path.password = "p";
        QCOMPARE(read("redis+unix://u:p@/run/re%20dis%401.sock?db=2&prefix=a@b/"), path);
    }

    void readsBackWhatItPrints() {
        for (const char* text :
             {"redis://host", "redis://ana@host:7000/3?prefix=app_", "rediss://[::1]:1/9",
              "redis+cluster://h", "redis+unix:///a%25b%3F.sock?db=4&prefix=%FF_",
              "redis+unix:///x?prefix=", "rediss://h?prefix=a&ca=/etc/a%20b.pem&cert=c&key=k"}) {
            const ServerAddress address = read(text);
            QCOMPARE(address.text(), std::string(text));
            QCOMPARE(read(address.text()), address);
        }
        QCOMPARE(read("redis://ana:secret@host/2?prefix=x").text(),
                 std::string("redis://ana@host/2?prefix=x"));
        QCOMPARE(read("redis://ana:secret@host/2?prefix=x").name(),
                 std::string("redis://host:6379/2"));
    }

    void neverTellsAPassword() {
        for (const char* text :
             {"redis://u:secret@host:port", "redis://u:se/secret@host", "redis://u:secret@",
              "redis://u:secret%zz@host", "redis://u:a@secret@host:x", "redis://u:secret@host/x",
              "redis://host?password=secret", "redis://u:x?secret@host",
              "redis+unix://u:secret@nopath", "nosuch://u:secret@host",
              "redis+cluster://u:secret@host/5", "redis://u:secret@[::1", "redis://u:secret@h:0",
              "redis://u:secret@host/1?db=2", "redis://ana:secret", "redis://:secret",
              "redis://ana:secret/2", "redis://ana:secret:6379"}) {
            const auto address = parseServerAddress(text);
            QVERIFY2(!address, text);
            QCOMPARE(static_cast<int>(address.error().code), static_cast<int>(ErrorCode::Usage));
            const std::string said = address.error().english();
            QVERIFY2(said.find("secret") == std::string::npos, said.c_str());
        }
        const ServerAddress address = read("redis://:secret@host/2");
        QVERIFY((address.name() + address.text()).find("secret") == std::string::npos);
    }

    void saysWhatItCanRead() {
        for (const auto& [text, words] :
             {std::pair("redis://host?replicas=yes", "for a cluster replicas=yes"),
              std::pair("redis://host?prefx=a_", "prefix="),
              std::pair("redis://:s?c/r@t@host", "/ as %2F"),
              std::pair("redis://host:76000", "redis://host:76000")}) {
            const std::string said = parseServerAddress(text).error().english();
            QVERIFY2(said.find(words) != std::string::npos, said.c_str());
        }
    }

    void knowsItsSchemes() {
        QVERIFY(isServerAddress("redis://h"));
        QVERIFY(isServerAddress("redis+unix:///x"));
        QVERIFY(!isServerAddress("redis"));
        QVERIFY(!isServerAddress("redis.cohorts"));
        QVERIFY(!isServerAddress("http://h"));
    }

private:
    static ServerAddress read(const std::string& text) {
        auto address = parseServerAddress(text);
        if (!address) {
            qWarning("%s", address.error().english().c_str());
            return {};
        }
        return *address;
    }
};

QTEST_APPLESS_MAIN(TestServerAddress)
#include "test_server_address.moc"
