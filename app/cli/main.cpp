// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <pthread.h>
#include <thread>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/output.h"

namespace cohortist::cli {
namespace {

// Signals are taken by one thread that may do what a handler may not: ask the job to stop. Who asks
// a second time does not wait for that.
class Interrupts {
public:
    Interrupts() {
        sigemptyset(&m_signals);
        sigaddset(&m_signals, SIGINT);
        sigaddset(&m_signals, SIGTERM);
        if (isHeeded(SIGHUP)) { // not under nohup
            sigaddset(&m_signals, SIGHUP);
        }
        sigaddset(&m_signals, SIGUSR2); // our own: leave
        pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
        m_thread = std::thread([this] { wait(); });
    }
    ~Interrupts() {
        pthread_kill(m_thread.native_handle(), SIGUSR2);
        m_thread.join();
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }

private:
    static bool isHeeded(int signal) {
        struct sigaction action {};
        return sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_IGN;
    }
    void wait() {
        int signal = 0;
        while (sigwait(&m_signals, &signal) == 0 && signal != SIGUSR2) {
            if (m_stop.stop_requested()) {
                _exit(kExitInterrupted);
            }
            m_stop.request_stop();
        }
    }

    sigset_t m_signals{};
    std::stop_source m_stop;
    std::thread m_thread;
};

int run(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of write(), not the end
    CLI::App app{"Explore cohorts of users kept in bitmapist bitmaps.", "cohortist-cli"};
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::simple);
    Run run;
    app.add_flag("--json", run.isJson, "Print one JSON value instead of text");
    Action action;
    for (const auto add : {addCheck, addCount, addDemo, addEvents, addExplain, addImport,
                           addRetention, addSnapshot, addUsers, addVersion}) {
        add(app, action);
    }
    for (CLI::App* command : app.get_subcommands({})) {
        command->fallthrough();
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitDone : kExitUsage;
    }

    Interrupts interrupts;
    ProgressLine progress;
    run.job = JobContext(interrupts.token(), [&](Progress p) { progress.show(p); });
    const auto result = action(run);
    progress.clear();
    if (result) {
        return flushOutput() ? *result : kExitFault;
    }
    if (result.error().code == ErrorCode::Cancelled) {
        return kExitInterrupted;
    }
    printError(result.error());
    return result.error().code == ErrorCode::Usage ? kExitUsage : kExitFault;
}

} // namespace
} // namespace cohortist::cli

int main(int argc, char** argv) {
    try {
        return cohortist::cli::run(argc, argv);
    } catch (const std::bad_alloc&) {
        static_cast<void>(std::fputs("cohortist-cli: cannot go on: there is not enough memory. "
                                     "Ask for fewer rows, or narrow the query.\n",
                                     stderr));
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "cohortist-cli: cannot go on: %s.\n", error.what()));
    }
    return cohortist::cli::kExitFault;
}
