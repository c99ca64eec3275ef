// SPDX-License-Identifier: GPL-3.0-or-later
// A connect dialog on the screen, with a keychain of the test's own, and what it told. Window's
// thread alone.
#pragma once

#include <QHash>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/fake_server.h"
#include "tests/ui/find_widgets.h"
#include "ui/sources/connect_dialog.h"

namespace cohortist::test {

struct KeptPasswords {
    bool isThere = true;
    QHash<QString, QString> kept;
};

class FakeKeychain final : public Passwords {
public:
    explicit FakeKeychain(KeptPasswords& kept)
        : m_kept(kept) {}
    void read(const QString& key, QObject* /*asker*/, std::function<void(Answer)> done) override {
        const auto found = m_kept.kept.constFind(key);
        done({m_kept.isThere,
              found == m_kept.kept.constEnd() ? std::nullopt : std::optional(*found)});
    }
    void keep(const QString& key, const QString& password) override {
        m_kept.kept.insert(key, password);
    }
    void forget(const QString& key) override { m_kept.kept.remove(key); }

private:
    KeptPasswords& m_kept;
};

inline ServerForm formAt(int port) {
    ServerForm form;
    form.host = QStringLiteral("127.0.0.1");
    form.port = QString::number(port);
    return form;
}

struct OpenDialog {
    explicit OpenDialog(const ServerForm& form)
        : told(&dialog, &ConnectDialog::told)
        , connected(&dialog, &ConnectDialog::connected) {
        dialog.setForm(form);
        dialog.show();
    }
    bool presses(const char* text) {
        const auto before = told.size();
        button(dialog, text)->click();
        return QTest::qWaitFor([&] { return told.size() > before; }, 20'000);
    }
    KeptPasswords kept;
    FakeKeychain keychain{kept};
    JobRunner runner;
    ConnectDialog dialog{runner, keychain};
    QSignalSpy told;
    QSignalSpy connected;
};

} // namespace cohortist::test
