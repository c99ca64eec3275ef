// SPDX-License-Identifier: GPL-3.0-or-later
// The prefix of a server's keys: written by hand, or chosen from those that were found. A prefix
// may be of any bytes, which what is shown of it may not tell; one that was chosen keeps them.
// Window's thread alone.
#pragma once

#include <optional>
#include <string>

#include <QComboBox>

#include "ui/sources/server_probe.h"

namespace cohortist {

class PrefixBox : public QComboBox {
    Q_OBJECT
public:
    explicit PrefixBox(QWidget* parent = nullptr);

    [[nodiscard]] std::optional<std::string> prefix() const; // nothing: to be found out
    void setPrefix(const std::optional<std::string>& prefix);
    // To choose from. The likeliest is chosen, unless there is one already.
    void offer(const std::vector<PrefixFound>& found);

private:
    std::optional<std::string> m_prefix; // chosen …
    QString m_text;                      // … and as it is shown
};

} // namespace cohortist
