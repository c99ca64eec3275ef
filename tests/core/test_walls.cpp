// SPDX-License-Identifier: GPL-3.0-or-later
// The walls of the house: which room may include which (core/README.md), where each library may be
// seen, how long a file may be, and that nothing is written to a log, where user ids and passwords
// would be found. The rules are held against invented sources first, so that it is
// known that they can fail, and then against every source there is.
#include <QTest>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <QLibraryInfo>
#include <QRegularExpression>

#include <fmt/format.h>

namespace {

using Names = std::set<std::string>;

constexpr std::ptrdiff_t kLongestFile = 600;

// From the ground up: a room may include the rooms of the levels below its own, and none beside it.
const std::vector<Names> kCoreLevels = {{"core/base"},    {"core/sets", "core/calendar"},
                                        {"core/catalog"}, {"core/query"},
                                        {"core/engine"},  {"core/analysis"},
                                        {"core/store"},   {"core/import", "core/export"},
                                        {"core/session"}};
constexpr std::size_t kEngineLevels = 6; // the library that knows no Qt
// A folder of ui that is named nowhere here is a feature, and lies between the last two.
const std::vector<Names> kUiLevels = {{"ui/jobs"}, {"ui/common"}, {}, {"ui/main_window"}};
constexpr std::size_t kFeatureLevel = 2;

// Where a library's headers may be seen. Tests may look behind everything.
struct Door {
    const char* headers; // how the include begins
    const char* place;   // how the path of the source begins
};
constexpr std::array kDoors = {Door{"roaring/", "core/sets/roaring_api.h"},
                               Door{"hwy/", "core/sets/"},
                               Door{"sqlite3", "core/store/snapshot/"},
                               Door{"sqlite3", "app/cli/version.cpp"}, // tells SQLite's version
                               Door{"hiredis/", "core/store/redis/"},
                               Door{"openssl/", "core/store/redis/tls_stream.cpp"},
                               Door{"qcustomplot", "ui/common/qcustomplot.h"}};

struct Source {
    std::string path; // from the root
    std::string text;
};

bool startsWith(const std::string& text, std::string_view start) {
    return text.compare(0, start.size(), start) == 0;
}

// "core/store/redis/a.h" lies in room core/store, "app/gui/main.cpp" in app/gui.
std::string roomOf(const std::string& path) {
    const auto slash = path.find('/', path.find('/') + 1);
    return path.substr(0, slash);
}

std::string topOf(const std::string& path) {
    return path.substr(0, path.find('/'));
}

bool isQt(const std::string& header) {
    return startsWith(header, "Qt") ||
           (header.size() > 1 && header[0] == 'Q' && header[1] >= 'A' && header[1] <= 'Z');
}

// Whether a header of Qt needs no more than Core and Network.
bool isWindowless(const std::string& header) {
    static const std::filesystem::path kHeaders =
        QLibraryInfo::path(QLibraryInfo::HeadersPath).toStdString();
    const auto slash = header.find('/');
    if (slash != std::string::npos) { // <QtCore/QString>
        return startsWith(header, "QtCore/") || startsWith(header, "QtNetwork/");
    }
    return std::filesystem::exists(kHeaders / "QtCore" / header) ||
           std::filesystem::exists(kHeaders / "QtNetwork" / header);
}

std::size_t levelOf(const std::string& room, const std::vector<Names>& levels,
                    std::size_t otherwise) {
    const auto level = std::find_if(levels.begin(), levels.end(),
                                    [&](const Names& names) { return names.count(room) != 0; });
    return level == levels.end() ? otherwise : static_cast<std::size_t>(level - levels.begin());
}

// A room of core that nobody has placed lies nowhere: it may include nothing and nobody it.
std::size_t coreLevel(const std::string& room) {
    return levelOf(room, kCoreLevels, SIZE_MAX);
}

bool mayIncludeRoom(const std::string& from, const std::string& to) {
    const std::string fromTop = topOf(from);
    const std::string toTop = topOf(to);
    if (from == to || fromTop == "tests") {
        return true;
    }
    if (fromTop == "core") {
        return toTop == "core" && coreLevel(from) != SIZE_MAX && coreLevel(to) < coreLevel(from);
    }
    if (toTop == "core") {
        return coreLevel(to) != SIZE_MAX;
    }
    if (fromTop == "ui") {
        return toTop == "ui" &&
               levelOf(to, kUiLevels, kFeatureLevel) < levelOf(from, kUiLevels, kFeatureLevel);
    }
    return from == "app/gui" && toTop == "ui";
}

// What is wrong with including the header from the source, or nothing.
std::string faultOfInclude(const std::string& path, char bracket, const std::string& header) {
    const std::string room = roomOf(path);
    const bool isTest = topOf(path) == "tests";
    if (bracket == '"') {
        static const Names kTops = {"core", "ui", "app", "tests"};
        if (kTops.count(topOf(header)) == 0) {
            return header.find(".moc") != std::string::npos ? "" : "is not written from the root";
        }
        return mayIncludeRoom(room, roomOf(header)) ? "" : "crosses a wall";
    }
    if (isTest) {
        return "";
    }
    if (isQt(header) && topOf(path) == "core" && coreLevel(room) < kEngineLevels) {
        return "brings Qt into the engine";
    }
    if (isQt(header) && topOf(path) == "core" && !isWindowless(header)) {
        return "brings the window into core";
    }
    bool isGuarded = false;
    for (const Door& door : kDoors) {
        if (startsWith(header, door.headers)) {
            if (startsWith(path, door.place)) {
                return "";
            }
            isGuarded = true;
        }
    }
    return isGuarded ? "does not go through its library's door" : "";
}

// What core and the window have to say is a value; the programs in app/ alone write to a terminal.
bool writesToALog(const std::string& path, const QString& line) {
    static const QRegularExpression kLog(QStringLiteral(
        "\\b(q(C?Debug|C?Info|C?Warning|C?Critical|Fatal)|syslog|f?printf|f?puts|perror)"
        "\\s*\\(|\\bstd::(cout|cerr|clog)\\b"));
    const std::string top = topOf(path);
    return (top == "core" || top == "ui") && kLog.match(line).hasMatch();
}

std::vector<std::string> faultsOf(const Source& source) {
    std::vector<std::string> faults;
    const auto fault = [&](std::ptrdiff_t line, const std::string& what) {
        faults.push_back(fmt::format("{}:{}: {}", source.path, line, what));
    };
    static const QRegularExpression kInclude(
        QStringLiteral("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]"));
    std::istringstream lines(source.text);
    std::string line;
    std::ptrdiff_t number = 0;
    while (std::getline(lines, line)) {
        ++number;
        if (writesToALog(source.path, QString::fromStdString(line))) {
            fault(number, "writes to a log");
        }
        if (line.find('#') == std::string::npos) {
            continue;
        }
        const auto match = kInclude.match(QString::fromStdString(line));
        if (match.hasMatch()) {
            const std::string header = match.captured(2).toStdString();
            const char bracket = match.captured(1).front().toLatin1();
            const std::string why = faultOfInclude(source.path, bracket, header);
            if (!why.empty()) {
                fault(number, fmt::format("{} {}", header, why));
            }
        }
    }
    if (!startsWith(source.text, "// SPDX-License-Identifier: GPL-3.0-or-later\n")) {
        fault(1, "does not begin with its licence");
    }
    if (number > kLongestFile) {
        fault(number, fmt::format("is longer than {} lines", kLongestFile));
    }
    return faults;
}

std::vector<Source> allSources() {
    const std::filesystem::path root = COHORTIST_SOURCE_DIR;
    std::vector<Source> sources;
    for (const char* top : {"core", "ui", "app", "tests"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
            const auto extension = entry.path().extension();
            if (extension == ".cpp" || extension == ".h") {
                std::ifstream file(entry.path());
                std::stringstream text;
                text << file.rdbuf();
                sources.push_back(
                    {entry.path().lexically_relative(root).generic_string(), text.str()});
            }
        }
    }
    return sources;
}

} // namespace

class TestWalls : public QObject {
    Q_OBJECT
private slots:
    void knowsWhatIsAllowed_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("include");
        QTest::addColumn<bool>("isAllowed");
        const auto row = [](const char* path, const char* include, bool isAllowed) {
            QTest::newRow(fmt::format("{} {}", path, include).c_str())
                << path << include << isAllowed;
        };
        row("core/sets/a.cpp", "\"core/base/error.h\"", true);
        row("core/base/a.cpp", "\"core/sets/bitmap.h\"", false);
        row("core/calendar/a.cpp", "\"core/sets/bitmap.h\"", false);
        row("core/query/a.cpp", "\"core/engine/walk.h\"", false);
        row("core/engine/a.cpp", "\"core/query/expr.h\"", true);
        row("core/analysis/a.cpp", "\"core/store/bitmap_store.h\"", false);
        row("core/store/redis/a.cpp", "\"core/store/bitmap_store.h\"", true);
        row("core/store/redis/a.cpp", "\"core/export/csv.h\"", false);
        row("core/export/a.cpp", "\"core/import/demo_data.h\"", false);
        row("core/import/a.cpp", "\"core/export/csv.h\"", false);
        row("core/session/a.cpp", "\"core/import/demo_data.h\"", true);
        row("core/export/a.cpp", "\"core/session/session.h\"", false);
        row("core/newroom/a.cpp", "\"core/base/error.h\"", false);
        row("core/session/a.cpp", "\"ui/common/theme.h\"", false);
        row("core/session/a.cpp", "\"app/cli/table.h\"", false);
        row("core/sets/a.cpp", "\"bitmap.h\"", false);
        row("core/query/a.cpp", "<QString>", false);
        row("core/query/a.cpp", "<QtCore/QString>", false);
        row("core/export/a.cpp", "<QFile>", true);
        row("core/store/redis/a.cpp", "<QSslSocket>", true);
        row("core/export/a.cpp", "<QPainter>", false);
        row("core/export/a.cpp", "<QtGui/QColor>", false);
        row("core/export/a.cpp", "<QWidget>", false);
        row("core/export/a.cpp", "<qcustomplot.h>", false);
        row("ui/retention/a.cpp", "<qcustomplot.h>", false);
        row("ui/common/qcustomplot.h", "<qcustomplot.h>", true);
        row("core/sets/roaring_api.h", "<roaring/roaring.hh>", true);
        row("core/sets/bitmap.cpp", "<roaring/roaring.hh>", false);
        row("core/engine/a.cpp", "<roaring/roaring.h>", false);
        row("core/store/snapshot/a.cpp", "<sqlite3.h>", true);
        row("core/store/memory/a.cpp", "<sqlite3.h>", false);
        row("core/store/redis/a.cpp", "<hiredis/hiredis.h>", true);
        row("core/store/cache/a.cpp", "<hiredis/hiredis.h>", false);
        row("core/store/redis/tls_stream.cpp", "<openssl/ssl.h>", true);
        row("core/store/redis/connection.cpp", "<openssl/ssl.h>", false);
        row("ui/retention/a.cpp", "\"core/session/session.h\"", true);
        row("ui/retention/a.cpp", "\"ui/common/theme.h\"", true);
        row("ui/retention/a.cpp", "\"ui/jobs/job_runner.h\"", true);
        row("ui/retention/a.cpp", "\"ui/events/event_tree.h\"", false);
        row("ui/retention/a.cpp", "\"ui/main_window/main_window.h\"", false);
        row("ui/common/a.cpp", "\"ui/events/event_tree.h\"", false);
        row("ui/jobs/a.cpp", "\"ui/common/theme.h\"", false);
        row("ui/main_window/a.cpp", "\"ui/events/event_tree.h\"", true);
        row("ui/retention/a.cpp", "\"app/cli/table.h\"", false);
        row("app/gui/main.cpp", "\"ui/main_window/main_window.h\"", true);
        row("app/cli/main.cpp", "\"ui/common/numbers.h\"", false);
        row("app/cli/main.cpp", "\"core/session/session.h\"", true);
        row("app/cli/main.cpp", "\"tests/support/random_sets.h\"", false);
        row("tests/core/test_a.cpp", "\"test_a.moc\"", true);
    }
    void knowsWhatIsAllowed() {
        QFETCH(QString, path);
        QFETCH(QString, include);
        QFETCH(bool, isAllowed);
        const Source source{path.toStdString(),
                            "// SPDX-License-Identifier: GPL-3.0-or-later\n#include " +
                                include.toStdString() + "\n"};
        QCOMPARE(faultsOf(source).empty(), isAllowed);
    }

    void knowsLicenceAndLength() {
        const std::string licence = "// SPDX-License-Identifier: GPL-3.0-or-later\n";
        const auto lines = [](std::size_t count) { return std::string(count, '\n'); };
        QVERIFY(faultsOf({"core/base/a.h", licence + lines(kLongestFile - 1)}).empty());
        QCOMPARE(faultsOf({"core/base/a.h", licence + lines(kLongestFile)}).size(), 1U);
        QCOMPARE(faultsOf({"core/base/a.h", "\n" + licence}).size(), 1U);
        QCOMPARE(faultsOf({"core/base/a.h", ""}).size(), 1U);
    }

    void knowsWhatIsALog() {
        const std::string licence = "// SPDX-License-Identifier: GPL-3.0-or-later\n";
        for (const char* line :
             {"qWarning() << id;", "qDebug(\"%u\", id);", "qCInfo(kIds) << id;", "std::cerr << id;",
              "fprintf(stderr, text);", "std::printf(text);"}) {
            QCOMPARE(faultsOf({"core/base/a.cpp", licence + line + "\n"}).size(), 1U);
            QCOMPARE(faultsOf({"ui/common/a.cpp", licence + line + "\n"}).size(), 1U);
            QVERIFY(faultsOf({"app/cli/a.cpp", licence + line + "\n"}).empty());
        }
        QVERIFY(faultsOf({"core/base/a.cpp", licence + "std::snprintf(to, 4, text);\n"}).empty());
    }

    void everySourceKeepsTheRules() {
        const std::vector<Source> sources = allSources();
        QVERIFY(sources.size() > 100); // it did look
        std::string all;
        for (const Source& source : sources) {
            for (const std::string& fault : faultsOf(source)) {
                all += fault + "\n";
            }
        }
        QVERIFY2(all.empty(), ("\n" + all).c_str());
    }
};

QTEST_APPLESS_MAIN(TestWalls)
#include "test_walls.moc"
