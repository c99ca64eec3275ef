// SPDX-License-Identifier: GPL-3.0-or-later
// The only hand-off between the window's thread and the threads that work. Two lanes, each with a
// thread of its own: one for files and connections, one for computing, so that a slow source never
// holds up an answer. Every member is called on the thread that made the runner. `work` runs on the
// lane's thread and must only touch what it owns or shares safely; `done` and `progress` run on the
// runner's thread, and only while the owner lives and has asked for nothing newer. The destructor
// stops everything and waits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <QObject>
#include <QPointer>

#include "core/base/error.h"
#include "core/base/job_context.h"

namespace cohortist {

class JobRunner : public QObject {
    Q_OBJECT
public:
    enum class Lane : std::uint8_t { InputOutput, Compute };
    enum class Priority : std::uint8_t { Interactive, Page, Background }; // first come first
    using OnProgress = std::function<void(Progress)>;

    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    // Runs work(context), which gives a Result, and hands it to done; what work throws arrives as
    // an error. An owner has one job: what it asked for before is stopped and never delivered. A
    // result that is ready when it is stopped is dropped.
    template <typename Work, typename Done>
    void run(QObject* owner, Lane lane, Priority priority, Work work, Done done,
             const OnProgress& progress = {}) {
        using Value = std::invoke_result_t<Work, const JobContext&>;
        static_assert(std::is_constructible_v<Value, tl::unexpected<Error>>);
        start(
            owner, lane, priority,
            [work = std::move(work)](const JobContext& context) -> std::shared_ptr<void> {
                return std::make_shared<Value>(guarded<Value>(work, context));
            },
            [done = std::move(done)](const std::shared_ptr<void>& value) {
                done(std::move(*static_cast<Value*>(value.get())));
            },
            progress);
    }

    // Stops the owner's job, if it has one; its done is not called.
    void stop(const QObject* owner);
    [[nodiscard]] bool isBusy(const QObject* owner) const;

protected:
    bool event(QEvent* event) override;

private:
    using ErasedWork = std::function<std::shared_ptr<void>(const JobContext&)>;
    using ErasedDone = std::function<void(const std::shared_ptr<void>&)>;
    struct Active { // of the runner's thread alone, so its closures are made and destroyed there
        QPointer<QObject> owner;
        std::uint64_t generation = 0;
        std::stop_source stop;
        ErasedDone done;
        OnProgress progress;
    };
    struct Shared;

    template <typename Value, typename Work>
    static Value guarded(const Work& work, const JobContext& context) {
        try {
            return work(context);
        } catch (...) {
            return fail(errorOfException());
        }
    }
    static Error errorOfException(); // of the one that is being handled

    void start(QObject* owner, Lane lane, Priority priority, ErasedWork work, ErasedDone done,
               OnProgress progress);
    void deliver();

    std::unordered_map<const QObject*, Active> m_active;
    std::uint64_t m_generation = 0;
    std::unique_ptr<Shared> m_shared;
};

} // namespace cohortist
