// SPDX-License-Identifier: GPL-3.0-or-later
// Files that somebody made up, and files of other programs: whatever a page says, it is an error
// that names the file and the page; nothing is read for ever.
#include <QTest>

#include "tests/support/bolt_sample.h"

using namespace cohortist;
using namespace cohortist::test;

namespace {

std::uint64_t firstOf(const std::string& file, std::uint64_t flags) {
    for (const std::uint64_t page : treePages(file)) {
        if (number(file, page * kPage + 8, 2) == flags && page != treePages(file).front()) {
            return page;
        }
    }
    return 0;
}

} // namespace

class TestBoltForged : public QObject {
    Q_OBJECT

    ForgedFile m_file;

private slots:
    void hasNoSoundMeta() {
        std::string file = sample();
        file[40] = flipped(file[40], 0);
        file[kPage + 40] = flipped(file[kPage + 40], 0);
        m_file.requireDamaged(file, "neither of its two meta pages is sound");
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 20, 3);
            sealMeta(file, meta);
        }
        QCOMPARE(m_file.readBytes(file).error().code, ErrorCode::FutureVersion);
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 16, 0xEDDA0CED);
        }
        QCOMPARE(m_file.readBytes(file).error().code, ErrorCode::Unsupported);
        for (const std::uint64_t meta : {std::uint64_t{0}, std::uint64_t{kPage}}) {
            store32(file, meta + 16, 0);
        }
        QCOMPARE(m_file.readBytes(file).error().code, ErrorCode::WrongFormat);
        QCOMPARE(m_file.readBytes(std::string(kPage, 'x')).error().code, ErrorCode::WrongFormat);
        const auto empty = m_file.readBytes("");
        QCOMPARE(empty.error().code, ErrorCode::WrongFormat);
        QVERIFY2(empty.error().english().find("the file is empty") != std::string::npos,
                 troubleOf(empty).constData());
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
        m_file.requireDamaged(with(32, 0, true), "there is no such page");
        m_file.requireDamaged(with(32, 1, true), "there is no such page");
        m_file.requireDamaged(with(32, 2, true), "it is no part of a tree");
        m_file.requireDamaged(with(32, pages, true), "there is no such page");
        m_file.requireDamaged(with(32, UINT64_MAX, true), "there is no such page");
        m_file.requireDamaged(with(56, pages + 1, true), "it is cut short");
        m_file.requireDamaged(with(56, UINT64_MAX, true), "it is cut short");
        m_file.requireDamaged(with(56, UINT64_MAX / kPage + 2, true), "it is cut short");
        m_file.requireDamaged(with(56, 0, true), "there is no such page");
        for (const std::uint64_t pageBytes :
             {0ULL, 1ULL, 512ULL, 1025ULL, 33554432ULL, 4294967295ULL}) {
            QVERIFY(!m_file.readBytes(with(24, pageBytes, false)));
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
        m_file.requireDamaged(with(atLeaf, leaf + 1, 8), "it says that it is page");
        m_file.requireDamaged(with(atLeaf + 8, 3, 2), "it is no part of a tree");
        m_file.requireDamaged(with(atLeaf + 10, 0, 2), "its elements are missing");
        m_file.requireDamaged(with(atLeaf + 10, 0xFFFF, 2), "cannot hold");
        m_file.requireDamaged(with(atLeaf + 12, 0xFFFFFFFF, 4), "it reaches past the last page");
        m_file.requireDamaged(with(atLeaf + 12, whole.size() / kPage - leaf, 4),
                              "it reaches past the last page");
        m_file.requireDamaged(with(atLeaf + 12, whole.size() / kPage - leaf - 1, 4),
                              "is used twice");
        m_file.requireDamaged(with(atLeaf + 16, 2, 4), "of no known kind");
        m_file.requireDamaged(with(atLeaf + 16, 1, 4), "the entry of key");
        m_file.requireDamaged(with(atLeaf + 20, 0xFFFFFFFF, 4), "wrong place or size");
        m_file.requireDamaged(with(atLeaf + 24, 0, 4), "wrong place or size");
        m_file.requireDamaged(with(atLeaf + 24, 0xFFFFFFFF, 4), "wrong place or size");
        m_file.requireDamaged(with(atLeaf + 28, 0xFFFFFFFF, 4), "wrong place or size");
        m_file.requireDamaged(with(atBranch + 24, branch, 8), "");                   // itself
        m_file.requireDamaged(with(atBranch + 24, treePages(whole).front(), 8), ""); // the root
        m_file.requireDamaged(with(atBranch + 24, number(whole, atBranch + 40, 8), 8),
                              ""); // its sister
        m_file.requireDamaged(with(atBranch + 24, 1, 8), "there is no such page");
        m_file.requireDamaged(with(atBranch + 24, UINT64_MAX, 8), "there is no such page");
        const std::uint64_t key = atLeaf + 16 + number(whole, atLeaf + 20, 4);
        m_file.requireDamaged(with(key, 0xFFFF, 2), "its keys are out of order");
        m_file.requireDamaged(with(key, 0, 2),
                              "its keys are not those that the page above it says");
        // The last one: its key into the next page's, its value over the page's end.
        const std::uint64_t last = atLeaf + 16 + (number(whole, atLeaf + 10, 2) - 1) * 16;
        m_file.requireDamaged(with(last + number(whole, last + 4, 4), 0xFFFF, 2),
                              "its keys are not those that the page above it says");
        m_file.requireDamaged(with(last + 12, kPage, 4), "wrong place or size");
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
        m_file.requireDamaged(file, "it lies too deep");
    }

    void isAForeignBoltFile() {
        std::mt19937_64 random(1);
        const std::string none = writeBolt({}, {.hasBuckets = false}, random);
        auto read = m_file.readBytes(none);
        QVERIFY(!read && read.error().code == ErrorCode::NotFound);
        // The root bucket's three keys, as they stand in its leaf.
        std::string foreign = sample();
        const std::uint64_t root = treePages(foreign).front() * kPage;
        for (std::uint64_t i = 0; i < 3; ++i) {
            const std::uint64_t element = root + 16 + i * 16;
            foreign[element + number(foreign, element + 4, 4) + 1] = 'z';
        }
        read = m_file.readBytes(foreign);
        QVERIFY2(!read && read.error().code == ErrorCode::WrongFormat, troubleOf(read).constData());
    }
};

QTEST_GUILESS_MAIN(TestBoltForged)
#include "test_bolt_forged.moc"
