// SPDX-License-Identifier: GPL-3.0-or-later
// Files cut short, with bytes changed, or forged: an error that names the file, or exactly the sets
// that were written; never others.
#include <QTest>

#include "core/session/session.h"
#include "core/store/bolt/bolt_check.h"
#include "tests/support/bolt_fixture.h"
#include "tests/support/bolt_writer.h"
#include "tests/support/random_sets.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

constexpr std::uint32_t kPage = 1024;

std::string dataFile(const std::string& name) {
    return bytesOfFile(std::string(COHORTIST_TEST_DATA) + "/bitmapist_server/" + name);
}

std::uint64_t number(const std::string& file, std::uint64_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes; i-- > 0;) {
        value = value << 8U | static_cast<unsigned char>(file[at + static_cast<std::uint64_t>(i)]);
    }
    return value;
}

char flipped(char byte, unsigned bit) {
    return static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
}

BoltContents manyKeys() {
    BoltContents contents;
    for (std::uint32_t i = 0; i < 120; ++i) {
        contents.bitmaps["trackist_a_" +
                         toBitmapist({Granularity::Day, static_cast<std::int32_t>(20'000 + i)})] =
            Bitmap{i, i + 70'000}.toPortable();
        if (i % 9 == 0) {
            contents.ends["trackist_a_" +
                          toBitmapist({Granularity::Day, static_cast<std::int32_t>(20'000 + i)})] =
                INT64_MAX - i;
        }
    }
    std::vector<std::uint32_t> ids;
    for (std::uint32_t i = 0; i < 3'000; ++i) {
        ids.push_back(i * 7);
    }
    contents.bitmaps["trackist_large_u"] = Bitmap::fromIds(ids).toPortable(); // overflow pages
    return contents;
}

} // namespace

class TestBoltDamage : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;

    [[nodiscard]] Result<SetsByKey> readBytes(const std::string& bytes) const {
        writeBytes(m_path, bytes);
        return readBolt(m_path);
    }
    // Null where it is an error of a kind that damage makes, or all is as it was.
    [[nodiscard]] const char* faultOf(const std::string& bytes, const SetsByKey& sound) const {
        const auto read = readBytes(bytes);
        if (read) {
            return *read == sound ? nullptr : "other sets";
        }
        const auto report = checkBolt(m_path, {});
        if (report && report->isOk()) {
            return "the check finds nothing";
        }
        const Error& error = read.error();
        const bool isOfAKeyAlone = report.has_value();
        if (!isOfAKeyAlone && error.english().find(m_path) == std::string::npos) {
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
    void requireDamaged(const std::string& bytes, const char* why) const {
        const auto read = readBytes(bytes);
        QVERIFY2(!read, why);
        QVERIFY2(read.error().code == ErrorCode::Damaged, troubleOf(read).constData());
        QVERIFY2(read.error().english().find(why) != std::string::npos,
                 troubleOf(read).constData());
        QVERIFY(read.error().english().find(m_path) != std::string::npos);
    }
    [[nodiscard]] static std::string sample(const BoltShape& shape = {.pageBytes = kPage}) {
        std::mt19937_64 random(3);
        return writeBolt(manyKeys(), shape, random);
    }
    // Pages that the trees are made of, by following them.
    static void collect(const std::string& file, std::uint64_t page, std::uint64_t pageBytes,
                        std::vector<std::uint64_t>& pages) {
        pages.push_back(page);
        const std::uint64_t at = page * pageBytes;
        for (std::uint64_t i = 0; i < number(file, at + 10, 2); ++i) {
            const std::uint64_t element = at + 16 + i * 16;
            if (number(file, at + 8, 2) == 1) {
                collect(file, number(file, element + 8, 8), pageBytes, pages);
            } else if (number(file, element, 4) == 1) {
                const std::uint64_t value =
                    element + number(file, element + 4, 4) + number(file, element + 8, 4);
                if (const std::uint64_t root = number(file, value, 8); root != 0) {
                    collect(file, root, pageBytes, pages);
                }
            }
        }
    }
    [[nodiscard]] static std::vector<std::uint64_t> treePages(const std::string& file) {
        const std::uint64_t pageBytes = number(file, 24, 4);
        const std::uint64_t newer =
            number(file, 64, 8) > number(file, pageBytes + 64, 8) ? 0 : pageBytes;
        std::vector<std::uint64_t> pages;
        collect(file, number(file, newer + 32, 8), pageBytes, pages);
        return pages;
    }
    [[nodiscard]] static std::uint64_t firstOf(const std::string& file, std::uint64_t flags) {
        for (const std::uint64_t page : treePages(file)) {
            if (number(file, page * kPage + 8, 2) == flags && page != treePages(file).front()) {
                return page;
            }
        }
        return 0;
    }

private slots:
    void initTestCase() {
        m_folder = fastFolder();
        m_path = m_folder->filePath("forged.db").toStdString();
    }

    void isCutShort_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"product.db", "shapes.db", "expiry.db"}) {
            QTest::newRow(name) << name;
        }
    }
    void isCutShort() {
        QFETCH(QString, name);
        const std::string whole = dataFile(name.toStdString());
        const SetsByKey sound = *readBytes(whole);
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
            errors += !readBolt(m_path);
            QVERIFY(!Session::open(m_path, {}) || readBolt(m_path));
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
        const SetsByKey sound = *readBytes(file);
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
        const SetsByKey sound = *readBytes(whole);
        for (std::uint64_t at = kPage + 16; at < kPage + 80; ++at) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                std::string file = whole;
                file[at] = flipped(file[at], bit);
                const auto read = readBytes(file);
                QVERIFY(!read); // the older one leads nowhere
                file = whole;
                file[at - kPage] = flipped(file[at - kPage], bit);
                QVERIFY(*readBytes(file) == sound);
                const auto report = checkBolt(m_path, {});
                QVERIFY(report && report->damaged.size() == 1);
                QCOMPARE(report->damaged[0].key, std::string("meta page 0"));
            }
        }
    }

    void hasNoSoundMeta() {
        std::string file = sample();
        file[40] = flipped(file[40], 0);
        file[kPage + 40] = flipped(file[kPage + 40], 0);
        requireDamaged(file, "neither of its two meta pages is sound");
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 20, 3);
            sealMeta(file, meta);
        }
        QCOMPARE(readBytes(file).error().code, ErrorCode::FutureVersion);
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 16, 0xEDDA0CED);
        }
        QCOMPARE(readBytes(file).error().code, ErrorCode::Unsupported);
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 16, 0);
        }
        QCOMPARE(readBytes(file).error().code, ErrorCode::WrongFormat);
        QCOMPARE(readBytes(std::string(kPage, 'x')).error().code, ErrorCode::WrongFormat);
        QCOMPARE(readBytes("").error().code, ErrorCode::WrongFormat);
    }

    void hasItsSecondMetaElsewhere() {
        for (std::uint32_t pageBytes = 1024; pageBytes <= 65536; pageBytes *= 2) {
            std::mt19937_64 random(pageBytes);
            std::string file = writeBolt(manyKeys(), {.pageBytes = pageBytes}, random);
            const SetsByKey sound = *readBytes(file);
            QCOMPARE(sound.size(), manyKeys().bitmaps.size());
            for (const std::uint64_t at : {16U, 24U, 48U, 72U}) {
                std::string damaged = file;
                damaged[at] = flipped(damaged[at], 2);
                QVERIFY(*readBytes(damaged) == sound);
            }
        }
    }

    void hasAForgedMeta() {
        const std::string whole = sample();
        const auto with = [&](std::uint64_t field, std::uint64_t value, bool isLong) {
            std::string file = whole;
            isLong ? store64(file, kPage + field, value)
                   : store32(file, kPage + field, static_cast<std::uint32_t>(value));
            sealMeta(file, kPage);
            file[20] = 9; // so that the other is of no use
            return file;
        };
        const std::uint64_t pages = whole.size() / kPage;
        requireDamaged(with(32, 0, true), "there is no such page");
        requireDamaged(with(32, 1, true), "there is no such page");
        requireDamaged(with(32, 2, true), "it is no part of a tree");
        requireDamaged(with(32, pages, true), "there is no such page");
        requireDamaged(with(32, UINT64_MAX, true), "there is no such page");
        requireDamaged(with(56, pages + 1, true), "it is cut short");
        requireDamaged(with(56, UINT64_MAX, true), "it is cut short");
        requireDamaged(with(56, UINT64_MAX / kPage + 2, true), "it is cut short");
        requireDamaged(with(56, 0, true), "there is no such page");
        for (const std::uint64_t pageBytes :
             {0ULL, 1ULL, 512ULL, 1025ULL, 33554432ULL, 4294967295ULL}) {
            QVERIFY(!readBytes(with(24, pageBytes, false)));
        }
    }

    void hasForgedPages() {
        const std::string whole = sample();
        const std::uint64_t leaf = firstOf(whole, 2);
        const std::uint64_t branch = firstOf(whole, 1);
        QVERIFY(leaf != 0 && branch != 0);
        const auto with = [&](std::uint64_t at, std::uint64_t value, int bytes) {
            std::string file = whole;
            bytes == 2   ? store16(file, at, static_cast<std::uint16_t>(value))
            : bytes == 4 ? store32(file, at, static_cast<std::uint32_t>(value))
                         : store64(file, at, value);
            return file;
        };
        const std::uint64_t atLeaf = leaf * kPage;
        const std::uint64_t atBranch = branch * kPage;
        requireDamaged(with(atLeaf, leaf + 1, 8), "it says that it is page");
        requireDamaged(with(atLeaf + 8, 3, 2), "it is no part of a tree");
        requireDamaged(with(atLeaf + 10, 0, 2), "its elements are missing");
        requireDamaged(with(atLeaf + 10, 0xFFFF, 2), "cannot hold");
        requireDamaged(with(atLeaf + 12, 0xFFFFFFFF, 4), "it reaches past the last page");
        requireDamaged(with(atLeaf + 12, whole.size() / kPage - leaf, 4),
                       "it reaches past the last page");
        requireDamaged(with(atLeaf + 12, whole.size() / kPage - leaf - 1, 4), "is used twice");
        requireDamaged(with(atLeaf + 16, 2, 4), "of no known kind");
        requireDamaged(with(atLeaf + 16, 1, 4), "the entry of key");
        requireDamaged(with(atLeaf + 20, 0xFFFFFFFF, 4), "wrong place or size");
        requireDamaged(with(atLeaf + 24, 0, 4), "wrong place or size");
        requireDamaged(with(atLeaf + 24, 0xFFFFFFFF, 4), "wrong place or size");
        requireDamaged(with(atLeaf + 28, 0xFFFFFFFF, 4), "wrong place or size");
        requireDamaged(with(atBranch + 24, branch, 8), "");                          // itself
        requireDamaged(with(atBranch + 24, treePages(whole).front(), 8), "");        // the root
        requireDamaged(with(atBranch + 24, number(whole, atBranch + 40, 8), 8), ""); // its sister
        requireDamaged(with(atBranch + 24, 1, 8), "there is no such page");
        requireDamaged(with(atBranch + 24, UINT64_MAX, 8), "there is no such page");
        const std::uint64_t key = atLeaf + 16 + number(whole, atLeaf + 20, 4);
        requireDamaged(with(key, 0xFFFF, 2), "its keys are out of order");
        requireDamaged(with(key, 0, 2), "its keys are not those that the page above it says");
        // The last one: its key into the next page's, its value over the page's end.
        const std::uint64_t last = atLeaf + 16 + (number(whole, atLeaf + 10, 2) - 1) * 16;
        requireDamaged(with(last + number(whole, last + 4, 4), 0xFFFF, 2),
                       "its keys are not those that the page above it says");
        requireDamaged(with(last + 12, kPage, 4), "wrong place or size");
    }

    // Each level leads to the next, and none repeats.
    void isTooDeep() {
        std::string file = sample();
        const std::uint64_t first = file.size() / kPage;
        constexpr std::uint64_t kLevels = 60;
        for (std::uint64_t i = 0; i < kLevels; ++i) {
            std::string page(kPage, '\0');
            store64(page, 0, first + i);
            store16(page, 8, 1);
            store16(page, 10, 1);
            store32(page, 16, 16);
            store32(page, 20, 1);
            store64(page, 24, first + i + 1);
            page[32] = 'a';
            file += page;
        }
        file += std::string(kPage, '\0');
        store64(file, kPage + 32, first);
        store64(file, kPage + 56, file.size() / kPage);
        sealMeta(file, kPage);
        requireDamaged(file, "it lies too deep");
    }

    // A damaged bitmap is its own key's trouble alone.
    void hasADamagedBitmap() {
        const std::string large = manyKeys().bitmaps["trackist_large_u"];
        std::string file = sample();
        const std::size_t place = file.find(large);
        QVERIFY(place != std::string::npos);
        file[place + 1000] = flipped(file[place + 1000], 6);
        writeBytes(m_path, file);
        const auto report = checkBolt(m_path, {});
        QVERIFY(report);
        QCOMPARE(report->damaged.size(), 1U);
        QCOMPARE(report->damaged[0].key, std::string("trackist_large_u"));
        const auto store = openBolt(m_path, {.prefix = {}, .now = kNow}, {});
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

    void isAForeignBoltFile() {
        std::mt19937_64 random(1);
        const std::string none = writeBolt({}, {.hasBuckets = false}, random);
        auto read = readBytes(none);
        QVERIFY(!read && read.error().code == ErrorCode::NotFound);
        // The root bucket's three keys, as they stand in its leaf.
        std::string foreign = sample();
        const std::uint64_t root = treePages(foreign).front() * kPage;
        for (std::uint64_t i = 0; i < 3; ++i) {
            const std::uint64_t element = root + 16 + i * 16;
            foreign[element + number(foreign, element + 4, 4) + 1] = 'z';
        }
        read = readBytes(foreign);
        QVERIFY2(!read && read.error().code == ErrorCode::WrongFormat, troubleOf(read).constData());
    }
};

QTEST_GUILESS_MAIN(TestBoltDamage)
#include "test_bolt_damage.moc"
