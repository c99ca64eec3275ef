// SPDX-License-Identifier: GPL-3.0-or-later
// Retention: of the users who started in a period, how many came back k periods later? A question
// is planned into one walk and its answer becomes one value that holds everything a view, a CSV or
// a JSON needs. Pure functions and values. Definitions: README.md beside this file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/catalog/key_state.h"
#include "core/engine/walk.h"
#include "core/query/resolver.h"

namespace cohortist {

struct RetentionQuestion {
    enum class Kind : std::uint8_t { On, After, Bracket, Streak };
    enum class Base : std::uint8_t { Cohort, Previous };
    struct Bracket { // closed, in periods after the start
        int first = 0;
        int last = 0;
        bool operator==(const Bracket&) const = default;
    };

    Expr cohort;   // @period: the row's period
    Expr returned; // @period: the column's period
    Granularity by = Granularity::Day;
    int rows = 31;
    int columns = 12; // cells 0 … columns; not for brackets
    std::optional<Period>
        start; // of granularity `by`; without it the rows end with the as-of period
    Kind kind = Kind::On;
    std::vector<Bracket> brackets{{0, 0}, {1, 3}, {4, 7}}; // Kind::Bracket alone
    Base base = Base::Cohort;
    bool isChurn = false;     // rates are 1 - retention
    bool isFirstTime = false; // each user only in his first row
    bool operator==(const RetentionQuestion&) const = default;

    [[nodiscard]] int cellCount() const {
        return kind == Kind::Bracket ? static_cast<int>(brackets.size()) : columns + 1;
    }
};

struct RetentionCell {
    enum class State : std::uint8_t { Value, Partial, Future, Missing, Unreadable, Empty };
    State state = State::Future;
    std::uint64_t count = 0;    // users who came back (with churn too); value and partial alone
    std::uint64_t base = 0;     // users they are a share of
    std::optional<double> rate; // fraction; churn already applied
    std::optional<double> low;  // 95 % Wilson interval of the rate
    std::optional<double> high;
    std::vector<Message> notes; // "no key", which of its keys have no data, …
};

struct RetentionRow {
    Period period;
    std::optional<std::uint64_t>
        size; // nothing: the cohort's data is missing, unreadable or future
    std::vector<Message> notes;
    std::vector<RetentionCell> cells;
};

struct RetentionResult {
    RetentionQuestion question;
    Instant asOf{};
    std::vector<RetentionRow> rows; // oldest first
    // By column; nothing where no row has a complete cell.
    std::vector<std::optional<double>> weightedMean;
    std::vector<std::optional<double>> simpleMean;
    std::vector<int> rowsUsed;  // rows whose complete cell went into the mean
    std::uint64_t meanSize = 0; // sum of the known row sizes
    // First-time: the first stored period that was looked back to; nothing when recurring.
    std::optional<Period> knownSince;
    std::uint64_t keysAsked = 0;
};

// 95 % Wilson score interval of count out of base (E. B. Wilson 1927), z = 1.96. base > 0.
struct Interval {
    double low = 0;
    double high = 0;
};
[[nodiscard]] Interval wilsonInterval(std::uint64_t count, std::uint64_t base);

inline constexpr int kMaxRetentionRows = 10'000;
inline constexpr int kMaxRetentionColumns = 10'000;

// A planned table: the question for the engine, and what of its answer belongs to which cell.
class RetentionPlan {
public:
    // context.period is ignored. Errors: Usage for sizes and brackets out of bounds, Resolve for
    // queries that do not fit the source or either of which does not depend on @period;
    // Error::part is "cohort" or "return" then (a population's fault keeps "population").
    [[nodiscard]] static Result<RetentionPlan> make(RetentionQuestion question,
                                                    const ResolveContext& context);
    ~RetentionPlan();
    RetentionPlan(RetentionPlan&&) noexcept;
    RetentionPlan& operator=(RetentionPlan&&) noexcept;

    [[nodiscard]] const Question& question() const;
    // stateOf: what became of a key when it was read (NoData for those the catalogue lacks).
    [[nodiscard]] RetentionResult
    finish(const Answer& answer, const std::function<KeyState(const BitmapKey&)>& stateOf) const;

    struct Data; // what the planner writes; opaque to everybody else

private:
    explicit RetentionPlan(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

} // namespace cohortist
