// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/prefix_box.h"

#include <algorithm>

#include <QLineEdit>

#include "ui/sources/finding_view.h"

namespace cohortist {

PrefixBox::PrefixBox(QWidget* parent)
    : QComboBox(parent) {
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setCompleter(nullptr);
    lineEdit()->setPlaceholderText(tr("found, where the server has only one"));
    // Long names must not widen the form; the list is as wide as they are.
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(this, &QComboBox::activated, this,
            [this](int index) { setPrefix(itemData(index).toByteArray().toStdString()); });
}

std::optional<std::string> PrefixBox::prefix() const {
    const QString text = currentText();
    if (text == m_text) {
        return m_prefix;
    }
    return text.isEmpty() ? std::nullopt : std::optional(text.toStdString());
}

void PrefixBox::setPrefix(const std::optional<std::string>& prefix) {
    m_prefix = prefix;
    m_text = prefix ? shownPrefix(*prefix) : QString();
    setEditText(m_text);
}

void PrefixBox::offer(const std::vector<PrefixFound>& found) {
    const auto chosen = prefix();
    clear();
    for (const PrefixFound& each : found) {
        addItem(tr("%1 · %2", "prefix · its events")
                    .arg(shownPrefix(each.prefix), eventsText(each.events)),
                QByteArray(each.prefix.data(), static_cast<qsizetype>(each.prefix.size())));
    }
    const auto now = chosen || found.empty() ? chosen : std::optional(found.front().prefix);
    const auto at = std::find_if(found.begin(), found.end(),
                                 [&](const PrefixFound& each) { return each.prefix == now; });
    setCurrentIndex(at == found.end() ? -1 : static_cast<int>(at - found.begin()));
    setPrefix(now);
}

} // namespace cohortist
