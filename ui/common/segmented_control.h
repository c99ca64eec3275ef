// SPDX-License-Identifier: GPL-3.0-or-later
// A few choices side by side of which one holds, made of real buttons. Window's thread alone.
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;

namespace cohortist {

class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    // name: what is chosen here, for screen readers. At least two choices.
    SegmentedControl(const QString& name, const QStringList& choices, QWidget* parent = nullptr);

    [[nodiscard]] int current() const;
    void setCurrent(int index); // tells nobody
    void setChoice(int index, const QString& text);
    void setChoiceToolTip(int index, const QString& text);
    void focusChoice(int index); // does not choose it

signals:
    void changed(int index); // by the user

protected:
    void changeEvent(QEvent* event) override;

private:
    void makeRoom(); // for each choice as it is written when chosen

    QButtonGroup* m_group;
};

} // namespace cohortist
