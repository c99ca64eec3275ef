// SPDX-License-Identifier: GPL-3.0-or-later
// Files that a real bitmapist-server wrote, against what was marked in it (tests/data).
#include <filesystem>
#include <fstream>

#include <QCryptographicHash>
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/session/session.h"
#include "core/store/bolt/bolt_check.h"
#include "tests/support/bolt_fixture.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

using Json = nlohmann::json;

std::string pathOf(const std::string& name) {
    return std::string(COHORTIST_TEST_DATA) + "/bitmapist_server/" + name;
}

std::string keyOf(const Json& entry) {
    return QByteArray::fromHex(QByteArray::fromStdString(entry["key_hex"].get<std::string>()))
        .toStdString();
}

std::string hashOf(const Bitmap& set) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::uint32_t id : set.ids()) {
        hash.addData(QByteArray::number(id) + '\n');
    }
    return hash.result().toHex().toStdString();
}

// The sets of many.db: the n-th day of 2023 has one user, of another thousand each event.
SetsByKey expectedOfMany() {
    SetsByKey sets;
    const Period first = *parsePeriod("2023-01-01");
    for (std::uint32_t event = 0; event < 12; ++event) {
        for (std::uint32_t day = 0; day < 365; ++day) {
            sets.emplace("trackist_event" + std::string(event < 10 ? "0" : "") +
                             std::to_string(event) + '_' + toBitmapist(shifted(first, day)),
                         Bitmap{event * 1000 + day});
        }
    }
    return sets;
}

ErrorCode codeOfOpening(const std::string& path, std::string* text = nullptr) {
    const auto session = Session::open(path, {});
    if (session) {
        return ErrorCode::Internal;
    }
    if (text != nullptr) {
        *text = session.error().english();
    }
    return session.error().code;
}

} // namespace

class TestServerFiles : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        std::ifstream file(pathOf("expected.json"));
        m_expected = Json::parse(file);
        QCOMPARE(m_expected.size(), 8U);
    }

    void readsAsExpected_data() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, about] : m_expected.items()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void readsAsExpected() {
        QFETCH(QString, name);
        const std::string path = pathOf(name.toStdString());
        const Json& expected = m_expected[name.toStdString()];
        const auto read = readBolt(path);
        if (name == "backup-before-save.db") {
            QVERIFY(!read);
            QCOMPARE(read.error().code, ErrorCode::NotFound);
            QVERIFY(read.error().english().find("SIGUSR1 again") != std::string::npos);
            return;
        }
        QVERIFY2(read, troubleOf(read).constData());
        if (name == "many.db") {
            QVERIFY(*read == expectedOfMany());
        } else {
            QCOMPARE(read->size(), expected["keys"].size());
        }
        for (const Json& entry : expected["keys"]) {
            const auto found = read->find(keyOf(entry));
            QVERIFY2(found != read->end(), entry["key"].get<std::string>().c_str());
            const Bitmap& set = found->second;
            QCOMPARE(set.count(), entry["count"].get<std::uint64_t>());
            QVERIFY(set.isEmpty() ? entry["min"].is_null() : *set.min() == entry["min"]);
            QVERIFY(set.isEmpty() ? entry["max"].is_null() : *set.max() == entry["max"]);
            QCOMPARE(hashOf(set), entry["sha256_of_ids_one_per_line"].get<std::string>());
        }
        const auto report = checkBolt(path, {});
        QVERIFY(report && report->isOk());
        QCOMPARE(report->blobs, read->size() + expected.value("expired", Json::array()).size());
    }

    void answersByPrefix_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<int>("keys");
        QTest::newRow("product") << "product.db"
                                 << "" << 191;
        QTest::newRow("shapes") << "shapes.db"
                                << "" << 10;
        QTest::newRow("many") << "many.db"
                              << "" << 4380;
        QTest::newRow("expiry") << "expiry.db"
                                << "" << 2;
        QTest::newRow("backup") << "backup.db"
                                << "" << 191;
        QTest::newRow("two, the one") << "names.db"
                                      << "trackist_" << -1;
        QTest::newRow("two, the other") << "names.db"
                                        << "bitmapist__" << -1;
    }
    void answersByPrefix() {
        QFETCH(QString, name);
        QFETCH(QString, prefix);
        QFETCH(int, keys);
        BoltOptions options;
        options.now = kNow;
        if (!prefix.isEmpty()) {
            options.prefix = prefix.toStdString();
        }
        const std::string path = pathOf(name.toStdString());
        const auto store = openBolt(path, options, {});
        QVERIFY2(store, troubleOf(store).constData());
        const auto all = readBolt(path);
        const auto read = readStore(**store);
        QVERIFY2(read, troubleOf(read).constData());
        for (const auto& [key, set] : *read) {
            QVERIFY2(key.empty() || all->at(key) == set, key.c_str());
        }
        std::vector<Bitmap> parts;
        for (const BitmapKey& key : (*store)->catalog()->everyoneKeys()) {
            parts.push_back(read->at(keyTextOf(**store, key)));
        }
        QVERIFY(!parts.empty());
        QVERIFY(read->at("") == Bitmap::unite(parts));
        if (keys >= 0) {
            QCOMPARE(read->size(), static_cast<std::size_t>(keys) + 1);
        }
        for (const auto& [key, set] : *all) { // nothing is left out that has a date
            const auto parsed = parseKey(key, (*store)->info().prefix);
            if (parsed && parsed->kind != Kind::Unique) {
                QVERIFY2(read->contains(key), key.c_str());
            }
        }
        for (const ChunkRange range : {ChunkRange{0, 1}, ChunkRange{1, 3}, ChunkRange{5, 65536}}) {
            const auto part = readStore(**store, range);
            QVERIFY(part);
            for (const auto& [key, set] : *read) {
                QVERIFY2(part->at(key) == set.slice(range), key.c_str());
            }
        }
        QVERIFY((*store)->estimatedBytes(keysOf(*(*store)->catalog())) > 0);
    }

    void holdsWhatHasNotExpiredYet() {
        const auto before = openBolt(pathOf("expiry.db"),
                                     {.prefix = {}, .now = *parseIso("2020-01-01T00:00:00Z")}, {});
        QVERIFY(before);
        QVERIFY((*before)->catalog()->find("gone"));
        const auto now = openBolt(pathOf("expiry.db"), {.prefix = {}, .now = kNow}, {});
        QVERIFY(now && !(*now)->catalog()->find("gone"));
        const auto late = openBolt(pathOf("expiry.db"),
                                   {.prefix = {}, .now = *parseIso("2200-01-01T00:00:00Z")}, {});
        QVERIFY(late && !(*late)->catalog()->find("later"));
        QVERIFY((*late)->catalog()->find("stays"));
    }

    void isAsOfTheEndOfItsData() {
        const auto store = openBolt(pathOf("product.db"), {.prefix = {}, .now = kNow}, {});
        QVERIFY(store);
        QCOMPARE(toIso((*store)->info().asOf), std::string("2025-01-12T21:00:00Z"));
    }

    void isOpenedByItsContent() {
        const auto folder = fastFolder();
        const std::string path = folder->filePath("data.cohorts").toStdString();
        std::filesystem::copy_file(pathOf("names.db"), path);
        const auto session = Session::open(path + "?prefix=bitmapist__", {});
        QVERIFY2(session, troubleOf(session).constData());
        QCOMPARE((*session)->store().info().prefix, std::string("bitmapist__"));
    }

    void saysWhatIsMissing() {
        std::string text;
        QCOMPARE(codeOfOpening(pathOf("names.db"), &text), ErrorCode::NotFound);
        QVERIFY(text.find("trackist_, bitmapist__") != std::string::npos);
        QVERIFY(text.find("?prefix=trackist_") != std::string::npos);
        QVERIFY(text.find("names.db") != std::string::npos);
        QCOMPARE(codeOfOpening(pathOf("empty.db"), &text), ErrorCode::NotFound);
        QVERIFY(text.find("it holds no keys") != std::string::npos);
        QCOMPARE(codeOfOpening(pathOf("backup-before-save.db"), &text), ErrorCode::NotFound);
        QVERIFY(text.find("had saved nothing") != std::string::npos);
        QCOMPARE(codeOfOpening(pathOf("names.db?prefix=no_"), &text), ErrorCode::NotFound);
        QVERIFY(text.find("no key begins with no_") != std::string::npos);
    }

private:
    Json m_expected;
};

QTEST_GUILESS_MAIN(TestServerFiles)
#include "test_server_files.moc"
