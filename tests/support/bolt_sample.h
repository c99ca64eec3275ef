// SPDX-License-Identifier: GPL-3.0-or-later
// A bbolt file with all that one can have (branches, leaves, overflow pages, buckets inline and
// not) for tests that change its bytes, and a way to find its pages.
#pragma once

#include "tests/support/bolt_fixture.h"
#include "tests/support/bolt_writer.h"

namespace cohortist::test {

constexpr std::uint32_t kPage = 1024;

[[nodiscard]] inline std::uint64_t number(const std::string& file, std::uint64_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes; i-- > 0;) {
        value = value << 8U | static_cast<unsigned char>(file[at + static_cast<std::uint64_t>(i)]);
    }
    return value;
}

[[nodiscard]] inline char flipped(char byte, unsigned bit) {
    return static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
}

[[nodiscard]] inline BoltContents manyKeys() {
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

[[nodiscard]] inline std::string sample(const BoltShape& shape = {.pageBytes = kPage}) {
    std::mt19937_64 random(3);
    return writeBolt(manyKeys(), shape, random);
}

// Pages that the trees are made of, by following them.
inline void collect(const std::string& file, std::uint64_t page, std::uint64_t pageBytes,
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

[[nodiscard]] inline std::vector<std::uint64_t> treePages(const std::string& file) {
    const std::uint64_t pageBytes = number(file, 24, 4);
    const std::uint64_t newer =
        number(file, 64, 8) > number(file, pageBytes + 64, 8) ? 0 : pageBytes;
    std::vector<std::uint64_t> pages;
    collect(file, number(file, newer + 32, 8), pageBytes, pages);
    return pages;
}

// Files of which each is another change of the same one.
class ForgedFile {
public:
    ForgedFile()
        : m_folder(fastFolder())
        , m_path(m_folder->filePath("forged.db").toStdString()) {}

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] Result<SetsByKey> readBytes(const std::string& bytes) const {
        writeBytes(m_path, bytes);
        return readBolt(m_path);
    }
    void requireDamaged(const std::string& bytes, const char* why) const {
        const auto read = readBytes(bytes);
        QVERIFY2(!read, why);
        QVERIFY2(read.error().code == ErrorCode::Damaged, troubleOf(read).constData());
        QVERIFY2(read.error().english().find(why) != std::string::npos,
                 troubleOf(read).constData());
        QVERIFY(read.error().english().find(m_path) != std::string::npos);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
};

} // namespace cohortist::test
