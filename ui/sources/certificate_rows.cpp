// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/certificate_rows.h"

#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>

#include "ui/sources/form_rows.h"
#include "ui/sources/server_form.h"

namespace cohortist {

CertificateRows::CertificateRows(QWidget* form)
    : QObject(form)
    , m_form(form)
    , m_button(new QPushButton(tr("Certificates…"))) {
    m_button->setProperty("role", QStringLiteral("link"));
    m_button->setToolTip(tr("Files for servers whose certificate is not publicly trusted, or that "
                            "ask for one"));
    m_button->setAutoDefault(false);
    m_button->setCheckable(true);
    connect(m_button, &QPushButton::toggled, this, &CertificateRows::show);
}

void CertificateRows::addTo(FormRows& rows) {
    m_rows = &rows;
    add(rows, Authority, tr("CA file"), tr("the system's"));
    add(rows, Certificate, tr("Certificate"), tr("none, unless the server asks for one"));
    add(rows, Key, tr("Its key"), tr("in the certificate's file"));
}

void CertificateRows::add(FormRows& rows, File file, const QString& text,
                          const QString& placeholder) {
    auto* field = new QLineEdit;
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setAutoDefault(false);
    choose->setAccessibleName(tr("Choose: %1", "which file").arg(text));
    field->setPlaceholderText(placeholder);
    rows.add(text, field, inLine({field, choose}));
    m_fields.at(file) = field;
    connect(choose, &QPushButton::clicked, this, [this, field, text] {
        const QString path = QFileDialog::getOpenFileName(
            m_form, text, field->text(), tr("Certificates (*.pem *.crt *.key);;All files (*)"));
        if (!path.isEmpty()) {
            field->setText(path);
        }
    });
}

void CertificateRows::setForm(const ServerForm& form) {
    m_fields[Authority]->setText(form.caFile);
    m_fields[Certificate]->setText(form.certificateFile);
    m_fields[Key]->setText(form.keyFile);
    m_button->setChecked(
        !(form.caFile.isEmpty() && form.certificateFile.isEmpty() && form.keyFile.isEmpty()));
    show();
}

void CertificateRows::fill(ServerForm& form) const {
    form.caFile = m_fields[Authority]->text();
    form.certificateFile = m_fields[Certificate]->text();
    form.keyFile = m_fields[Key]->text();
}

void CertificateRows::setOffered(bool isOffered) {
    m_isOffered = isOffered;
    show();
}

QLineEdit* CertificateRows::open(const std::string& part) {
    QLineEdit* field = part == "ca"            ? m_fields[Authority]
                       : part == "certificate" ? m_fields[Certificate]
                       : part == "key"         ? m_fields[Key]
                                               : nullptr;
    if (field != nullptr && m_isOffered) {
        m_button->setChecked(true);
    }
    return field;
}

void CertificateRows::show() {
    m_button->setVisible(m_isOffered);
    for (QLineEdit* field : m_fields) {
        m_rows->setRowVisible(field->parentWidget(), m_isOffered && m_button->isChecked());
    }
}

} // namespace cohortist
