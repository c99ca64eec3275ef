// SPDX-License-Identifier: GPL-3.0-or-later
// Runs cohortist-cli from outside and tells what came of it. Waits for its end, two minutes at
// most. For tests that define COHORTIST_CLI.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <QProcess>
#include <QProcessEnvironment>

namespace cohortist::test {

struct Outcome {
    int exit = -1; // also when it did not end by itself
    QByteArray out;
    QByteArray err;
};

inline Outcome outcomeOf(QProcess& process) {
    if (!process.waitForFinished(120'000)) {
        return {};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

inline Outcome
run(const QStringList& arguments, const QByteArray& input = {},
    const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(COHORTIST_CLI), arguments);
    process.write(input);
    process.closeWriteChannel();
    return outcomeOf(process);
}

// With a terminal for standard output and error; `out` is all that it got, a few KiB at most.
inline Outcome runOnTerminal(const QStringList& arguments) {
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    const bool isReady = terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0;
    const int side = isReady ? open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    Outcome outcome;
    if (side >= 0) {
        QProcess process;
        process.setChildProcessModifier([side] {
            dup2(side, STDOUT_FILENO);
            dup2(side, STDERR_FILENO);
        });
        process.start(QStringLiteral(COHORTIST_CLI), arguments);
        process.closeWriteChannel();
        outcome = outcomeOf(process);
        fcntl(terminal, F_SETFL, O_NONBLOCK);
        char bytes[4096];
        for (ssize_t got = 0; (got = read(terminal, bytes, sizeof bytes)) > 0;) {
            outcome.out.append(bytes, got);
        }
        close(side);
    }
    if (terminal >= 0) {
        close(terminal);
    }
    return outcome;
}

} // namespace cohortist::test
