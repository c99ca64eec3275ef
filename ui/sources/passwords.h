// SPDX-License-Identifier: GPL-3.0-or-later
// Passwords of servers: in the desktop's keychain, where there is one, and never anywhere else.
// Without a keychain nothing is kept, and passwords are asked for. Answers come later, on the
// window's thread, and only while whoever asked lives.
#pragma once

#include <functional>
#include <optional>

#include <QObject>
#include <QString>

#include "core/store/redis/server_address.h"

namespace cohortist {

class Passwords {
public:
    struct Answer {
        bool isThereAKeychain = false;
        std::optional<QString> password;
    };

    Passwords() = default;
    virtual ~Passwords() = default;
    Passwords(const Passwords&) = delete;
    Passwords& operator=(const Passwords&) = delete;

    virtual void read(const QString& key, QObject* asker, std::function<void(Answer)> done) = 0;
    virtual void keep(const QString& key, const QString& password) = 0;
    virtual void forget(const QString& key) = 0;

    // One password for a user of a server, whatever database or prefix is looked at.
    [[nodiscard]] static QString keyOf(const ServerAddress& address);
};

class KeychainPasswords final : public Passwords {
public:
    void read(const QString& key, QObject* asker, std::function<void(Answer)> done) override;
    void keep(const QString& key, const QString& password) override;
    void forget(const QString& key) override;
};

} // namespace cohortist
