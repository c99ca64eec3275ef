// SPDX-License-Identifier: GPL-3.0-or-later
// How an event log is to be read: which column is which, what ids and times look like, what is kept
// and where. What the user left alone is detected; the preview says what was found. Judges nothing.
// Window's thread alone.
#pragma once

#include <optional>

#include <QWidget>

#include "core/import/event_log.h"
#include "core/import/log_preview.h"

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace cohortist {

class FlowLayout;
class SegmentedControl;

class ImportForm : public QWidget {
    Q_OBJECT
public:
    explicit ImportForm(QWidget* parent = nullptr);

    // Forgets what was chosen for another log; suggests a snapshot beside it.
    void setLog(const QString& path);
    // Shows what was detected where the user chose nothing.
    void setFound(const LogPreview& preview);
    void setSkipping(); // lines at fault are left out
    [[nodiscard]] ImportOptions options() const;
    [[nodiscard]] QString output() const;

signals:
    void changed();       // by the user: how the log is read
    void outputChanged(); // where the snapshot goes, or whether it is added to

private:
    struct ColumnChoice {
        QComboBox* box = nullptr;
        std::optional<int> chosen; // a place, from 0 on, or kOneEvent; nothing: detected
    };
    QComboBox* addColumn(ColumnChoice& choice, const QString& name);
    void addColumns();
    void addReading();
    void addKeeping();
    FlowLayout* addLine();
    void fill(const ColumnChoice& choice, const LogPreview& preview,
              std::optional<std::uint32_t> found, bool hasOneEvent) const;
    [[nodiscard]] std::string nameOf(const ColumnChoice& choice) const;
    void chooseOutput();
    void showAppend();

    ColumnChoice m_user;
    ColumnChoice m_event;
    ColumnChoice m_time;
    QLineEdit* m_oneEvent;
    SegmentedControl* m_ids;
    QComboBox* m_zone;
    QLineEdit* m_timeFormat;
    QComboBox* m_delimiter;
    SegmentedControl* m_header;
    std::optional<bool> m_hasHeader; // chosen
    bool m_areIdsChosen = false;
    QCheckBox* m_hourly;
    QCheckBox* m_unique;
    SegmentedControl* m_onFault;
    QLineEdit* m_output;
    QCheckBox* m_append;
    std::vector<std::string> m_names; // of the columns, where the first line has them
};

} // namespace cohortist
