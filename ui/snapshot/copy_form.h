// SPDX-License-Identifier: GPL-3.0-or-later
// What of a source is to be copied, and where to: events, kinds, days, and the file. Window's
// thread alone.
#pragma once

#include <array>
#include <optional>

#include <QWidget>

#include "core/session/snapshot_copy.h"
#include "ui/snapshot/event_choice.h"

class QCheckBox;
class QDateEdit;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace cohortist {

class CopyForm : public QWidget {
    Q_OBJECT
public:
    // path: the file that is proposed.
    CopyForm(const std::shared_ptr<const EventCatalog>& catalog, const QString& path,
             QWidget* parent = nullptr);

    // Nothing where trouble() says what is missing.
    [[nodiscard]] std::optional<CopySelection> selection() const;
    [[nodiscard]] QString trouble() const;
    [[nodiscard]] QString path() const;
    [[nodiscard]] EventChoice& events() const { return *m_events; }

signals:
    void changed(); // what is to be copied
    void pathChanged();

private:
    QWidget* eventList();
    QWidget* kindBoxes(const EventCatalog& catalog);
    QWidget* dayFields(const EventCatalog& catalog);
    QWidget* fileField(const QString& path);
    void chooseShown(bool isChosen);
    void chooseFile();
    void showCount();

    EventChoice* m_events;
    QSortFilterProxyModel* m_shown;
    QLineEdit* m_search;
    QListView* m_list;
    QLabel* m_count;
    std::array<QCheckBox*, kKindCount> m_kinds{};
    QCheckBox* m_hasDays = nullptr;
    QDateEdit* m_from = nullptr;
    QDateEdit* m_to = nullptr;
    QLineEdit* m_path = nullptr;
};

} // namespace cohortist
