// SPDX-License-Identifier: GPL-3.0-or-later
// What the walk is for: tables, expressions, unions, "at least k of n days". Each is asked the way
// the window asks, of a Session over a store in memory, on two threads.
#include <fmt/format.h>

#include "core/query/expr.h"
#include "core/session/evaluate.h"
#include "core/session/session.h"
#include "tests/bench/job.h"
#include "tests/bench/limits.h"
#include "tests/bench/need.h"
#include "tests/bench/tables.h"

namespace cohortist::bench {

namespace {

using Cells = std::vector<std::uint64_t>;
using Table = RetentionQuestion::Kind;

void addCounts(const ExplainNode& node, Cells& counts) {
    counts.push_back(node.count.value_or(0));
    for (const ExplainNode& child : node.children) {
        addCounts(child, counts);
    }
}

class EngineJobs {
public:
    EngineJobs(const BenchData& data, std::string suffix)
        : m_data(data)
        , m_suffix(std::move(suffix))
        , m_store(data.store())
        , m_session(std::make_shared<Session>(m_store))
        , m_pool(std::make_shared<WorkerPool>()) {}

    std::vector<Job> all() {
        addTables();
        addVariants();
        addExpressions();
        addCounters();
        if (!m_suffix.empty()) { // the targets are those of ten million users
            for (Job& job : m_jobs) {
                job.timesPeer = 0;
                job.timesLimit = 0;
            }
        }
        return std::move(m_jobs);
    }

private:
    Job& add(const std::string& name, std::string title, std::function<Cells()> run) {
        m_jobs.push_back(
            {.name = name + m_suffix, .title = std::move(title), .run = std::move(run)});
        return m_jobs.back();
    }

    static std::string day(std::int32_t index) { return toText({Granularity::Day, index}); }

    [[nodiscard]] std::vector<Bitmap> sets(const std::string& event, std::int32_t days) const {
        std::vector<Bitmap> sets;
        sets.reserve(static_cast<std::size_t>(days));
        for (std::int32_t i = 0; i < days; ++i) {
            sets.push_back(m_data.events().at(event).at(kLastDay - i));
        }
        return sets;
    }

    void limitByPopcount(Job& job, const std::string& event, std::int32_t days, double times) {
        job.limit = [sets = sets(event, days), pool = m_pool] { popcountAll(sets, *pool); };
        job.limitTitle = "popcount";
        job.timesLimit = times;
    }

    void limitByReading(Job& job, const std::string& event, std::int32_t days, double times) {
        job.limit = [sets = sets(event, days), pool = m_pool] { readAll(sets, *pool); };
        job.limitTitle = "reading";
        job.timesLimit = times;
    }

    std::function<Cells()> table(const std::string& cohort, int rows, int columns,
                                 const std::function<void(RetentionQuestion&)>& change = {}) {
        RetentionQuestion question = tableOf(cohort, rows, columns);
        if (change) {
            change(question);
        }
        return [session = m_session, question] {
            return cellsOf(need(session->retention(question, {}, {})).table);
        };
    }

    // A table that was planned before, walked alone. It has no future cells, so its intersections
    // are its cells.
    std::function<Cells()> walkOf(const RetentionQuestion& question) {
        const ResolveContext context{*m_session->catalog(), m_session->info().asOf, {}, {}, {}, {}};
        const auto plan =
            std::make_shared<RetentionPlan>(need(RetentionPlan::make(question, context)));
        return [store = m_store, pool = m_pool, plan, columns = question.cellCount()] {
            const Answer answer = need(evaluate(plan->question(), *store, *pool, {})).answer;
            Cells cells;
            for (std::size_t i = 0; i < answer.intersections.size(); ++i) {
                if (i % static_cast<std::size_t>(columns) == 0) {
                    cells.push_back(answer.counts[i / static_cast<std::size_t>(columns)]);
                }
                cells.push_back(answer.intersections[i]);
            }
            return cells;
        };
    }

    void addTables() {
        Job& dense = add("table_dense", "31x12 days, dense", table("active", 31, 12));
        dense.timesPeer = 120;
        limitByPopcount(dense, "active", 43, 3);
        Job& large = add("table_large", "90x30 days, dense", table("active", 90, 30));
        large.timesPeer = 180;
        limitByPopcount(large, "active", 120, 3);
        add("table_signup", "31x12, signup x active", walkOf(tableOf("signup", 31, 12))).timesPeer =
            10'000;
        add("table_signup_whole", "the same, planned each time", table("signup", 31, 12));
        add("table_visit", "31x12 at 1 % density", table("visit", 31, 12)).timesPeer = 80;
        add("table_rare", "31x12 at 0.01 %", table("rare", 31, 12));
        add("table_zipf", "31x12, Zipf-like", table("zipf", 31, 12));
    }

    void addVariants() {
        const auto on = table("active", 31, 30);
        const auto variant = [&](const std::string& name, const std::string& title,
                                 const std::function<void(RetentionQuestion&)>& change) {
            Job& job = add(name, title, table("active", 31, 30, change));
            job.limit = on;
            job.limitTitle = "\"on\"";
            job.timesLimit = 2;
        };
        variant("table_after", "on or after, 31x31",
                [](RetentionQuestion& question) { question.kind = Table::After; });
        variant("table_first", "first time, 31x31",
                [](RetentionQuestion& question) { question.isFirstTime = true; });
        variant("table_streak", "streaks, 31x31",
                [](RetentionQuestion& question) { question.kind = Table::Streak; });
        variant("table_brackets", "brackets of 31 rows", [](RetentionQuestion& question) {
            question.kind = Table::Bracket;
            question.brackets = {{0, 0}, {1, 3}, {4, 7}, {8, 14}, {15, 30}};
        });
    }

    std::function<Cells()> count(const std::string& query) {
        return [session = m_session, query = need(parseQuery(query))] {
            return Cells{need(session->count(query, {}, {})).count};
        };
    }

    static std::string range(const std::string& event, std::int32_t days) {
        return fmt::format("{}@{}..{}", event, day(kLastDay - days + 1), day(kLastDay));
    }

    void addExpressions() {
        const auto query = need(parseQuery(fmt::format(
            "(active@{0} & active@{1} | active@{2} & active@{3}) - active@{4}", day(kLastDay),
            day(kLastDay - 1), day(kLastDay - 2), day(kLastDay - 3), day(kLastDay - 4))));
        add("expression", "5-leaf expression, every node", [session = m_session, query] {
            Cells counts;
            addCounts(need(session->explain(query, {}, {})), counts);
            return counts;
        }).timesPeer = 1.7;
        Job& dense = add("union_dense", "union of 90 dense days", count(range("active", 90)));
        dense.timesPeer = 20;
        limitByReading(dense, "active", 90, 2.5);
        Job& sparse =
            add("union_sparse", "union of 365 sparse days", count(range("sparse", kSparseDays)));
        sparse.timesPeer = 20;
        limitByReading(sparse, "sparse", kSparseDays, 2.5);
    }

    void addCounters() {
        Job& atLeast = add("at_least", "at least 3 of 28 days",
                           count("atleast(3, " + range("active", 28) + ")"));
        limitByReading(atLeast, "active", 28, 3);
        const auto catalog = m_store->catalog();
        Question question;
        std::vector<NodeId> nodes;
        nodes.reserve(28);
        for (std::int32_t i = 0; i < 28; ++i) {
            nodes.push_back(question.plan.key({*catalog->find("active"), Kind::Day, kLastDay - i}));
        }
        question.histograms = {nodes};
        Job& histogram =
            add("histogram", "L28 histogram", [store = m_store, pool = m_pool, question] {
                return need(evaluate(question, *store, *pool, {})).answer.histograms.front();
            });
        limitByReading(histogram, "active", 28, 3);
    }

    const BenchData& m_data;
    std::string m_suffix;
    std::shared_ptr<BitmapStore> m_store;
    std::shared_ptr<Session> m_session;
    std::shared_ptr<WorkerPool> m_pool;
    std::vector<Job> m_jobs;
};

} // namespace

std::vector<Job> engineJobs(const BenchData& data, const std::string& suffix) {
    return EngineJobs(data, suffix).all();
}

} // namespace cohortist::bench
