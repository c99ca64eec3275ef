// SPDX-License-Identifier: GPL-3.0-or-later
// The one facade between a source and whoever asks: the window and the command line both call it.
// A Session holds an open store and answers questions about it; every call blocks, may take long,
// honours its JobContext and may be made from any thread. Settings travel with each call, so two
// questions with different as-of dates can run at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/results.h"
#include "core/base/error.h"
#include "core/base/job_context.h"
#include "core/base/worker_pool.h"
#include "core/query/resolver.h"
#include "core/store/counted_store.h"
#include "core/store/kept/kept_folder.h"
#include "core/store/redis/server_address.h"

namespace cohortist {

struct QuerySettings {
    std::optional<Instant> asOf; // without it the source's own
    Expr population = Expr::everyone();
    SavedCohorts cohorts;
};

// What a server may need besides its address.
struct OpenOptions {
    std::optional<std::string> password; // used where the address has none
    // Whether a value so long that sending it holds up the server's other clients is to be read.
    std::function<bool(const std::string& key, std::uint64_t bytes)> wantsLong;
    // Where past periods of servers are kept between sessions (core/store/kept/kept_folder.h);
    // without it they are not. An answer's Cost tells how many keys came from there.
    std::optional<KeptOptions> kept;
};

// What was read and is held in memory, so that it need not be read again.
struct MemoryUse {
    std::uint64_t bytes = 0;
    std::uint64_t budget = 0;
    std::uint64_t sets = 0;
};

// The store alone, for who has no questions: nothing is kept but a long list of keys.
[[nodiscard]] Result<std::shared_ptr<CountedStore>>
openServerStore(const ServerAddress& address, const OpenOptions& options, const JobContext& job);

class Session {
public:
    // SOURCE as the command line takes it: a file or a server. Error code NotFound, WrongFormat, …,
    // with the way out.
    [[nodiscard]] static Result<std::unique_ptr<Session>>
    open(const std::string& source, const JobContext& job, const OpenOptions& options = {});
    [[nodiscard]] static Result<std::unique_ptr<Session>>
    openServer(const ServerAddress& address, const JobContext& job,
               const OpenOptions& options = {});
    explicit Session(std::shared_ptr<BitmapStore> store);
    ~Session();

    [[nodiscard]] BitmapStore& store() const { return *m_store; }
    [[nodiscard]] const StoreInfo& info() const { return m_store->info(); }
    [[nodiscard]] const std::shared_ptr<const EventCatalog>& catalog() const { return m_catalog; }

    // Nothing for a source that is held as a whole, or that may change and is read each time.
    [[nodiscard]] std::optional<MemoryUse> inMemory() const;

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
    [[nodiscard]] Result<ResolveContext> contextFor(const QuerySettings& settings,
                                                    std::optional<Period> period = {}) const;

    std::shared_ptr<BitmapStore> m_store;
    std::shared_ptr<const EventCatalog> m_catalog;
    WorkerPool m_pool;
};

} // namespace cohortist
