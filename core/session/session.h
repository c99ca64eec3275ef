// SPDX-License-Identifier: GPL-3.0-or-later
// The one facade between a source and whoever asks: the window and the command line both call it.
// A Session holds an open store and answers questions about it; every call blocks, may take long,
// honours its JobContext and may be made from any thread. Settings travel with each call, so two
// questions with different as-of dates can run at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/retention.h"
#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/base/worker_pool.h"
#include "core/query/resolver.h"
#include "core/store/bitmap_store.h"

namespace cohortist {

struct QuerySettings {
    std::optional<Instant> asOf; // without it the source's own
    Expr population = Expr::everyone();
    SavedCohorts cohorts;
};

// What a question took, for the status bar.
struct Cost {
    std::uint64_t keysRead = 0;
    std::chrono::nanoseconds time{};
};

struct CountResult {
    Expr query;
    Instant asOf{};
    Expr population;
    std::uint64_t count = 0;
    Cost cost;
};

struct ExplainKey {
    std::string key; // as bitmapist names it
    KeyState state = KeyState::NoData;
};
struct ExplainNode {
    Expr expr;
    std::optional<std::uint64_t> count; // nothing when a key it needs is unreadable
    std::vector<ExplainKey> keys;
    std::optional<Kind> derivedFrom;
    std::vector<Message> notes;
    std::vector<ExplainNode> children;
};

struct UsersResult {
    Expr query;
    Instant asOf{};
    Bitmap users;
    Cost cost;
};

struct RetentionAnswer {
    RetentionResult table;
    Cost cost;
};

class Session {
public:
    // SOURCE as the command line takes it. Error code NotFound, WrongFormat, …, with the way out.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const std::string& source,
                                                               const JobContext& job);
    explicit Session(std::shared_ptr<BitmapStore> store);
    ~Session();

    [[nodiscard]] BitmapStore& store() const { return *m_store; }
    [[nodiscard]] const StoreInfo& info() const { return m_store->info(); }
    [[nodiscard]] std::shared_ptr<const EventCatalog> catalog() const { return m_store->catalog(); }

    [[nodiscard]] Result<CountResult> count(const Expr& query, const QuerySettings& settings,
                                            const JobContext& job);
    [[nodiscard]] Result<ExplainNode> explain(const Expr& query, const QuerySettings& settings,
                                              const JobContext& job);
    [[nodiscard]] Result<UsersResult> users(const Expr& query, const QuerySettings& settings,
                                            const JobContext& job);
    [[nodiscard]] Result<RetentionAnswer> retention(const RetentionQuestion& question,
                                                    const QuerySettings& settings,
                                                    const JobContext& job);

private:
    std::shared_ptr<BitmapStore> m_store;
    WorkerPool m_pool;
};

} // namespace cohortist
