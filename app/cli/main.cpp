// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <csignal>
#include <pthread.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/cli/options.h"
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
    // What the program ends with once it was stopped.
    [[nodiscard]] int exitCode() const { return m_exit; }

private:
    static bool isHeeded(int signal) {
        struct sigaction action {};
        return sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_IGN;
    }
    void wait() {
        int signal = 0;
        while (sigwait(&m_signals, &signal) == 0 && signal != SIGUSR2) {
            if (m_stop.stop_requested()) {
                _exit(m_exit);
            }
            m_exit = signal == SIGHUP ? kExitHungUp : kExitInterrupted;
            m_stop.request_stop();
        }
    }

    sigset_t m_signals{};
    std::stop_source m_stop;
    std::atomic<int> m_exit = kExitInterrupted;
    std::thread m_thread; // the last: it uses the others
};

// In our own form: the option parser's texts are several lines and speak of subcommands.
Error wrongUsage(const CLI::App& app, int argc, char** argv, std::string why) {
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    const auto isCommand = [&](std::string_view word) {
        return std::any_of(commands.begin(), commands.end(),
                           [&](const CLI::App* each) { return each->get_name() == word; });
    };
    const auto command = std::find_if(argv + 1, argv + argc, isCommand);
    if (command != argv + argc) {
        while (!why.empty() && (why.back() == '.' || why.back() == '\n')) {
            why.pop_back();
        }
        if (why.starts_with("The ")) {
            why.front() = 't';
        }
        return usageError(
            message("core", "cannot run %1", std::string(*command)), message("core", "%1", why),
            message("core", "Its options: cohortist-cli %1 --help.", std::string(*command)));
    }
    const auto word =
        std::find_if(argv + 1, argv + argc, [](const char* text) { return *text != '-'; });
    std::string names;
    for (const CLI::App* each : commands) {
        names += (names.empty() ? "" : ", ") + each->get_name();
    }
    return usageError(message("core", "cannot run anything"),
                      word != argv + argc
                          ? message("core", "there is no command %1", std::string(*word))
                          : message("core", "no command is named"),
                      message("core", "Commands are %1.", names));
}

int run(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe is an error of write(), not the end
    CLI::App app{"Explore cohorts of users kept in bitmapist bitmaps.", "cohortist-cli"};
    app.require_subcommand(1);
    Run run;
    app.add_flag("--json", run.isJson, "Print one JSON value instead of text");
    app.add_flag("--refresh", run.readsAgain,
                 "Read a server's past periods again, whatever the cache has of them");
    app.add_flag("--read-long", run.readsLong,
                 "Read values of more than 64 MiB of bitmapist-server too, without asking: its "
                 "other clients wait meanwhile");
    Action action;
    for (const auto add : {addCache, addCheck, addCount, addDemo, addEvents, addExplain, addImport,
                           addRetention, addSnapshot, addUsers, addVersion}) {
        add(app, action);
    }
    for (CLI::App* command : app.get_subcommands({})) {
        command->fallthrough();
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) { // --help
        return app.exit(asked);
    } catch (const CLI::ParseError& error) {
        printError(wrongUsage(app, argc, argv, error.what()));
        return kExitUsage;
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
        return interrupts.exitCode();
    }
    printError(result.error());
    return result.error().code == ErrorCode::Usage ? kExitUsage : kExitFault;
}

void tellShortage() {
    static_cast<void>(std::fputs("cohortist-cli: cannot go on: there is not enough memory. Ask for "
                                 "fewer rows, or narrow the query.\n",
                                 stderr));
}

void tellUnforeseen(const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "cohortist-cli: cannot go on: %s.\n", error.what()));
}

int guardedRun(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::bad_alloc&) {
        tellShortage();
    } catch (const std::system_error& error) {
        // A thread that cannot be started has no room for its stack.
        if (error.code() == std::errc::resource_unavailable_try_again) {
            tellShortage();
        } else {
            tellUnforeseen(error);
        }
    } catch (const std::exception& error) {
        tellUnforeseen(error);
    }
    return kExitFault;
}

} // namespace
} // namespace cohortist::cli

int main(int argc, char** argv) {
    return cohortist::cli::guardedRun(argc, argv);
}
