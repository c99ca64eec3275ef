// SPDX-License-Identifier: GPL-3.0-or-later
// The files that TLS may need: three rows of a form, which a button elsewhere in it opens, and
// which open by themselves when one of them is filled. Window's thread alone.
#pragma once

#include <array>

#include <QObject>

class QLineEdit;
class QPushButton;

namespace cohortist {

class FormRows;
struct ServerForm;

class CertificateRows : public QObject {
    Q_OBJECT
public:
    explicit CertificateRows(QWidget* form);

    [[nodiscard]] QPushButton* button() const { return m_button; }
    void addTo(FormRows& rows);
    void setForm(const ServerForm& form);
    void fill(ServerForm& form) const;
    void setOffered(bool isOffered); // where there is TLS
    // Opens the rows and returns the field of "ca", "certificate" or "key"; else nothing.
    QLineEdit* open(const std::string& part);

private:
    enum File { Authority, Certificate, Key, Count };

    void add(FormRows& rows, File file, const QString& text, const QString& placeholder);
    void show();

    QWidget* m_form;
    QPushButton* m_button;
    FormRows* m_rows = nullptr;
    bool m_isOffered = false;
    std::array<QLineEdit*, Count> m_fields{};
};

} // namespace cohortist
