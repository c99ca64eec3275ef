// SPDX-License-Identifier: GPL-3.0-or-later
// What lies on a disk: opening a snapshot, the first table from it, and a list of all users as CSV.
// Files are made at a job's first run, in the folder for temporary files, and go with the process.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/export/users_file.h"
#include "core/query/expr.h"
#include "core/session/session.h"
#include "core/session/snapshot_copy.h"
#include "core/store/snapshot/snapshot_writer.h"
#include "tests/bench/job.h"
#include "tests/bench/need.h"
#include "tests/bench/tables.h"

namespace cohortist::bench {

namespace {

namespace fs = std::filesystem;
using Numbers = std::vector<std::uint64_t>;

constexpr std::size_t kBlock = 128U << 10U; // what cat reads and writes at a time
constexpr int kRows = 31;
constexpr int kColumns = 12;
constexpr int kEvents = 1000; // of the snapshot with a million keys

class Descriptor {
public:
    Descriptor(const std::string& path, int flags)
        : m_number(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        need(m_number >= 0, "opening " + path);
    }
    ~Descriptor() { close(m_number); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

class Files {
public:
    explicit Files(const BenchData& data)
        : m_data(data) {
        std::string folder = fs::temp_directory_path() / "cohortist-bench-XXXXXX";
        need(mkdtemp(folder.data()) != nullptr, "making a folder for temporary files");
        m_folder = folder;
    }
    ~Files() {
        std::error_code none;
        fs::remove_all(m_folder, none);
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return m_folder / name; }

    // Of the events that the jobs ask about.
    const std::string& snapshot() {
        if (m_snapshot.empty()) {
            m_snapshot = path("data.cohorts");
            CopySelection selection;
            selection.events = {"active", "signup"};
            need(copyToSnapshot(*m_data.store(), selection, m_snapshot, {}));
        }
        return m_snapshot;
    }
    const std::string& millionKeys() {
        if (m_millionKeys.empty()) {
            m_millionKeys = path("million.cohorts");
            auto writer = need(SnapshotWriter::create(m_millionKeys, {}, {}));
            for (int event = 0; event < kEvents; ++event) {
                for (std::int32_t day = 0; day < 1'000'000 / kEvents; ++day) {
                    need(writer.add(fmt::format("event{:04}", event), Kind::Day,
                                    kLastDay - 999 + day,
                                    {static_cast<std::uint32_t>(event + day)}));
                }
            }
            need(writer.finish(Bitmap::fromRange(0, 2000)));
        }
        return m_millionKeys;
    }
    // The lines of the export, to be written by others.
    const std::string& lines() {
        if (m_lines.empty()) {
            exportTo(path("lines.csv"));
            std::ifstream file(path("lines.csv"), std::ios::binary);
            m_lines.assign(std::istreambuf_iterator<char>(file), {});
        }
        return m_lines;
    }

    std::uint64_t exportTo(const std::string& to) {
        if (!m_session) {
            m_session = need(Session::open(snapshot(), {}));
        }
        const Expr query =
            need(parseQuery(fmt::format("signup@{}..{}", toText({Granularity::Day, kFirstDay}),
                                        toText({Granularity::Day, kLastDay}))));
        const UsersResult users = need(m_session->users(query, {}, {}));
        return need(saveUsersCsv(users.users, m_session->store(), {}, to, {}));
    }

    [[nodiscard]] const BenchData& data() const { return m_data; }

private:
    const BenchData& m_data;
    fs::path m_folder;
    std::string m_snapshot;
    std::string m_millionKeys;
    std::string m_lines;
    std::unique_ptr<Session> m_session;
};

// As whole as the export leaves it: on the disk, then under its name.
void writeWhole(const std::string& bytes, const std::string& to) {
    const std::string made = to + ".new";
    {
        const Descriptor file(made, O_WRONLY | O_CREAT | O_TRUNC);
        for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
            const std::size_t size = std::min(kBlock, bytes.size() - at);
            need(write(file.number(), bytes.data() + at, size) == static_cast<ssize_t>(size),
                 "writing");
        }
        need(fsync(file.number()) == 0, "writing");
    }
    fs::rename(made, to);
}

void readBlocks(const std::string& path, std::uint64_t bytes) {
    const Descriptor file(path, O_RDONLY);
    std::string block(kBlock, '\0');
    for (std::uint64_t done = 0; done < bytes;) {
        const ssize_t part = read(file.number(), block.data(), block.size());
        need(part > 0, "reading");
        done += static_cast<std::uint64_t>(part);
    }
}

} // namespace

std::vector<Job> fileJobs(const BenchData& data) {
    const auto files = std::make_shared<Files>(data);
    std::vector<Job> jobs;

    Job whole{.name = "export", .title = "export of 10 M ids to a file", .run = [files] {
                  return Numbers{files->exportTo(files->path("out.csv"))};
              }};
    Job beside = whole;
    whole.limit = [files] { writeWhole(files->lines(), files->path("out.csv")); };
    whole.limitTitle = "writing them";
    whole.timesPeer = 100;
    whole.timesLimit = 2.8;
    jobs.push_back(std::move(whole));

    beside.name = "export_cat";
    beside.title = "the same beside cat";
    beside.limit = [files] {
        static_cast<void>(files->lines());
        const std::string copy =
            fmt::format("cat '{}' > '{}' && sync -d '{}'", files->path("lines.csv"),
                        files->path("copy.csv"), files->path("copy.csv"));
        need(std::system(copy.c_str()) == 0, "cat");
    };
    beside.limitTitle = "cat to the same disk";
    beside.timesLimit = 2;
    jobs.push_back(std::move(beside));

    jobs.push_back({.name = "snapshot_table",
                    .title = "snapshot opened to first 31x12 table",
                    .run =
                        [files, question = tableOf("active", kRows, kColumns)] {
                            const auto session = need(Session::open(files->snapshot(), {}));
                            return cellsOf(need(session->retention(question, {}, {})).table);
                        },
                    .limit =
                        [files] {
                            std::uint64_t bytes = 0;
                            for (int i = 0; i < kRows + kColumns; ++i) {
                                bytes +=
                                    files->data().events().at("active").at(kLastDay - i).bytes();
                            }
                            readBlocks(files->snapshot(), bytes);
                        },
                    .limitTitle = "reading the same bytes",
                    .timesLimit = 6});

    jobs.push_back({.name = "million_keys",
                    .title = "a million keys opened, first name shown",
                    .run = [files] {
                        const auto session = need(Session::open(files->millionKeys(), {}));
                        need(session->catalog()->entry(0).name == "event0000", "the first name");
                        return Numbers{1};
                    }});
    return jobs;
}

} // namespace cohortist::bench
