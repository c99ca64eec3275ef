// SPDX-License-Identifier: GPL-3.0-or-later
// Files cut short, or with bytes changed: an error that names the file, or exactly the sets that
// were written; never others.
#include <QTest>

#include "core/session/session.h"
#include "core/store/bolt/bolt_check.h"
#include "tests/support/bolt_sample.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::string dataFile(const std::string& name) {
    return bytesOfFile(std::string(COHORTIST_TEST_DATA) + "/bitmapist_server/" + name);
}

} // namespace

class TestBoltDamage : public QObject {
    Q_OBJECT

    ForgedFile m_file;

    // Null where it is an error of a kind that damage makes, or all is as it was.
    [[nodiscard]] const char* faultOf(const std::string& bytes, const SetsByKey& sound) const {
        const auto read = m_file.readBytes(bytes);
        if (read) {
            return *read == sound ? nullptr : "other sets";
        }
        const auto report = checkBolt(m_file.path(), {});
        if (report && report->isOk()) {
            return "the check finds nothing";
        }
        const Error& error = read.error();
        const bool isOfAKeyAlone = report.has_value();
        if (!isOfAKeyAlone && error.english().find(m_file.path()) == std::string::npos) {
            return "the file is not named";
        }
        switch (error.code) {
        case ErrorCode::Damaged:
        case ErrorCode::WrongFormat:
        case ErrorCode::FutureVersion:
        case ErrorCode::Unsupported:
            return nullptr;
        default:
            return "another code";
        }
    }

private slots:
    void isCutShort_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"product.db", "shapes.db", "expiry.db"}) {
            QTest::newRow(name) << name;
        }
    }
    void isCutShort() {
        QFETCH(QString, name);
        const std::string whole = dataFile(name.toStdString());
        const SetsByKey sound = *m_file.readBytes(whole);
        std::mt19937_64 random(5);
        std::vector<std::size_t> sizes;
        for (std::size_t size = 0; size < whole.size(); size += 4096) {
            sizes.push_back(size);
        }
        for (int i = 0; i < 200; ++i) {
            sizes.push_back(below(random, whole.size()));
        }
        int errors = 0;
        for (const std::size_t size : sizes) {
            const std::string part = whole.substr(0, size);
            const char* fault = faultOf(part, sound);
            QVERIFY2(fault == nullptr, qPrintable(QString::number(size) + ": " + fault));
            errors += !readBolt(m_file.path());
            QVERIFY(!Session::open(m_file.path(), {}) || readBolt(m_file.path()));
        }
        QVERIFY(errors > 100); // what lies behind the last page may be missing
    }

    // All of what has a fixed form, in the pages that are in use.
    void hasAHeaderByteChanged_data() {
        isCutShort_data();
        QTest::newRow("many.db") << "many.db";
        QTest::newRow("names.db") << "names.db";
    }
    void hasAHeaderByteChanged() {
        QFETCH(QString, name);
        std::string file = dataFile(name.toStdString());
        const SetsByKey sound = *m_file.readBytes(file);
        std::mt19937_64 random(7);
        const auto pages = treePages(file);
        for (const std::uint64_t page : pages) {
            if (pages.size() > 20 && page != pages[0] && page != pages[1] &&
                below(random, pages.size()) > 6) {
                continue;
            }
            const std::uint64_t at = page * 4096;
            const std::uint64_t elements = number(file, at + 10, 2);
            for (std::uint64_t i = 0; i < 16 + elements * 16; ++i) {
                if (i >= 32 && i + 16 < elements * 16 && below(random, 24) != 0) {
                    continue;
                }
                const char old = file[at + i];
                file[at + i] = flipped(old, static_cast<unsigned>(below(random, 8)));
                const char* fault = faultOf(file, sound);
                QVERIFY2(fault == nullptr,
                         qPrintable(QString("page %1 byte %2: %3").arg(page).arg(i).arg(fault)));
                file[at + i] = old;
            }
        }
    }

    // A sum over the meta pages: a change to the newer one leaves the save before it.
    void hasAMetaByteChanged() {
        const std::string whole = sample();
        const SetsByKey sound = *m_file.readBytes(whole);
        for (std::uint64_t at = kPage + 16; at < kPage + 80; ++at) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                std::string file = whole;
                file[at] = flipped(file[at], bit);
                const auto read = m_file.readBytes(file);
                QVERIFY(!read); // the older one leads nowhere
                file = whole;
                file[at - kPage] = flipped(file[at - kPage], bit);
                QVERIFY(*m_file.readBytes(file) == sound);
                const auto report = checkBolt(m_file.path(), {});
                QVERIFY(report && report->damaged.size() == 1);
                QCOMPARE(report->damaged[0].key, std::string("meta page 0"));
            }
        }
    }

    void hasItsSecondMetaElsewhere() {
        for (std::uint32_t pageBytes = 1024; pageBytes <= 65536; pageBytes *= 2) {
            std::mt19937_64 random(pageBytes);
            std::string file = writeBolt(manyKeys(), {.pageBytes = pageBytes}, random);
            const SetsByKey sound = *m_file.readBytes(file);
            QCOMPARE(sound.size(), manyKeys().bitmaps.size());
            for (const std::uint64_t at : {16U, 24U, 48U, 72U}) {
                std::string damaged = file;
                damaged[at] = flipped(damaged[at], 2);
                QVERIFY(*m_file.readBytes(damaged) == sound);
            }
        }
    }

    // A damaged bitmap is its own key's trouble alone.
    void hasADamagedBitmap() {
        const std::string large = manyKeys().bitmaps["trackist_large_u"];
        std::string file = sample();
        const std::size_t place = file.find(large);
        QVERIFY(place != std::string::npos);
        file[place + 1000] = flipped(file[place + 1000], 6);
        writeBytes(m_file.path(), file);
        const auto report = checkBolt(m_file.path(), {});
        QVERIFY(report);
        QCOMPARE(report->damaged.size(), 1U);
        QCOMPARE(report->damaged[0].key, std::string("trackist_large_u"));
        const auto store = openBolt(m_file.path(), {.prefix = {}, .now = kNow}, {});
        QVERIFY(store);
        const auto keys = keysOf(*(*store)->catalog());
        int damaged = 0;
        const auto done = (*store)->read(keys, {},
                                         [&](std::size_t index, const KeyRead& read) {
                                             if (read.state == KeyState::Damaged) {
                                                 ++damaged;
                                                 QVERIFY(!read.why.empty());
                                                 QVERIFY(keys[index].isEveryone() ||
                                                         keys[index].kind == Kind::Unique);
                                             }
                                         },
                                         {});
        QVERIFY(done);
        QCOMPARE(damaged, 2); // and of everyone's, which is made of it
    }
};

QTEST_GUILESS_MAIN(TestBoltDamage)
#include "test_bolt_damage.moc"
