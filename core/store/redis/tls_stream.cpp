// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/tls_stream.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include "core/store/source_file.h"

namespace cohortist {

namespace {

struct Release {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* session) const { SSL_free(session); }
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};
using ContextHandle = std::unique_ptr<SSL_CTX, Release>;
using SessionHandle = std::unique_ptr<SSL, Release>;

int sizeOf(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

// OpenSSL's own socket writes raise SIGPIPE; ours do not, so it reads and writes through us.
int moved(BIO* bio, ByteStream::Moved result, int retry) {
    BIO_clear_retry_flags(bio);
    if (result.state == ByteStream::State::Done) {
        return static_cast<int>(result.bytes);
    }
    if (result.state == ByteStream::State::Again) {
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    }
    return result.state == ByteStream::State::Closed ? 0 : -1;
}

int readPlain(BIO* bio, char* data, int size) {
    auto* plain = static_cast<ByteStream*>(BIO_get_data(bio));
    return moved(bio, plain->read(data, static_cast<std::size_t>(size)), BIO_FLAGS_READ);
}

int writePlain(BIO* bio, const char* data, int size) {
    auto* plain = static_cast<ByteStream*>(BIO_get_data(bio));
    return moved(bio, plain->write({data, static_cast<std::size_t>(size)}), BIO_FLAGS_WRITE);
}

long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* plainMethod() {
    static const std::unique_ptr<BIO_METHOD, Release> kMethod = [] {
        std::unique_ptr<BIO_METHOD, Release> method(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cohortist stream"));
        BIO_meth_set_read(method.get(), readPlain);
        BIO_meth_set_write(method.get(), writePlain);
        BIO_meth_set_ctrl(method.get(), control);
        BIO_meth_set_create(method.get(), [](BIO* bio) {
            BIO_set_init(bio, 1);
            return 1;
        });
        return method;
    }();
    return kMethod.get();
}

std::string lastError() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != nullptr ? reason : "it hung up";
}

class TlsStream final : public ByteStream {
public:
    TlsStream(ContextHandle context, SessionHandle session, std::unique_ptr<ByteStream> plain)
        : m_plain(std::move(plain))
        , m_context(std::move(context))
        , m_session(std::move(session)) {}

    Moved read(char* data, std::size_t size) override {
        ERR_clear_error();
        return result(SSL_read(m_session.get(), data, sizeOf(size)));
    }
    Moved write(std::string_view bytes) override {
        ERR_clear_error();
        return result(SSL_write(m_session.get(), bytes.data(), sizeOf(bytes.size())));
    }
    // What the handshake came to: Done, Again, or Failed with error().
    State shakeHands() {
        ERR_clear_error();
        return result(SSL_connect(m_session.get())).state;
    }
    [[nodiscard]] int descriptor() const override { return m_plain->descriptor(); }
    [[nodiscard]] bool wantsToWrite() const override { return m_wantsToWrite; }
    [[nodiscard]] std::string error() const override { return m_error; }
    [[nodiscard]] SSL* session() const { return m_session.get(); }

private:
    Moved result(int count) {
        m_wantsToWrite = false;
        if (count > 0) {
            return {State::Done, static_cast<std::size_t>(count)};
        }
        switch (SSL_get_error(m_session.get(), count)) {
        case SSL_ERROR_WANT_WRITE:
            m_wantsToWrite = true;
            return {State::Again, 0};
        case SSL_ERROR_WANT_READ:
            return {State::Again, 0};
        case SSL_ERROR_SSL:
            m_error = lastError();
            return {State::Failed, 0};
        default:
            m_error = lastError();
            return {State::Closed, 0};
        }
    }

    std::unique_ptr<ByteStream> m_plain; // outlives the session, which reads through it
    ContextHandle m_context;
    SessionHandle m_session;
    bool m_wantsToWrite = false;
    std::string m_error;
};

tl::unexpected<Error> failure(const ServerAddress& address, ErrorCode code, Message why,
                              Message advice, const char* part) {
    return fail(Error{code,
                      message("core", "cannot connect to %1", address.name()),
                      std::move(why),
                      std::move(advice),
                      {},
                      part});
}

tl::unexpected<Error> badFile(const ServerAddress& address, const std::string& path,
                              const char* part) {
    return failure(address, ErrorCode::NotFound,
                   message("core", "%1 cannot be used (%2)", path, lastError()),
                   message("core", "It must be a PEM file, and a key without a passphrase."), part);
}

// OpenSSL has no word for why a file cannot be opened.
Result<void> checkFiles(const ServerAddress& address) {
    for (const auto& [path, part] :
         {std::pair(&address.caFile, "ca"), std::pair(&address.certificateFile, "certificate"),
          std::pair(&address.keyFile, "key")}) {
        if (!path->empty() && access(path->c_str(), R_OK) != 0) {
            return failure(address, ErrorCode::NotFound,
                           message("core", "%1 cannot be read (%2)", *path, systemText(errno)),
                           message("core", "Check the path and the file's permissions."), part);
        }
    }
    return {};
}

Result<ContextHandle> makeContext(const ServerAddress& address) {
    if (auto checked = checkFiles(address); !checked) {
        return fail(std::move(checked.error()));
    }
    ERR_clear_error();
    ContextHandle context(SSL_CTX_new(TLS_client_method()));
    if (!context) {
        return failure(address, ErrorCode::Internal, message("core", "%1", lastError()), {}, "");
    }
    SSL_CTX* const raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // A key with a passphrase is refused: OpenSSL would ask for it on the terminal.
    SSL_CTX_set_default_passwd_cb(raw, [](char*, int, int, void*) { return 0; });
    const bool isTrusting =
        address.caFile.empty()
            ? SSL_CTX_set_default_verify_paths(raw) == 1
            : SSL_CTX_load_verify_locations(raw, address.caFile.c_str(), nullptr) == 1;
    if (!isTrusting) {
        return badFile(address, address.caFile, "ca");
    }
    if (!address.certificateFile.empty() &&
        SSL_CTX_use_certificate_chain_file(raw, address.certificateFile.c_str()) != 1) {
        return badFile(address, address.certificateFile, "certificate");
    }
    const std::string& key = address.keyFile.empty() ? address.certificateFile : address.keyFile;
    if (!key.empty() && SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return badFile(address, key, address.keyFile.empty() ? "certificate" : "key");
    }
    return context;
}

bool isNumeric(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool expectHost(SSL* session, const std::string& host) {
    if (isNumeric(host)) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
    }
    std::string name = host;
    return SSL_set1_host(session, name.c_str()) == 1 &&
           SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    name.data()) == 1;
}

tl::unexpected<Error> refused(const ServerAddress& address, const TlsStream& stream) {
    const long verified = SSL_get_verify_result(stream.session());
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        return failure(address, ErrorCode::AccessDenied,
                       message("core", "the server's certificate is for another host"),
                       message("core", "Use the host's name as the certificate has it."), "host");
    }
    if (verified == X509_V_ERR_CERT_HAS_EXPIRED || verified == X509_V_ERR_CERT_NOT_YET_VALID) {
        return failure(address, ErrorCode::AccessDenied,
                       message("core", "the server's certificate is not of this time (%1)",
                               std::string(X509_verify_cert_error_string(verified))),
                       message("core", "Have it renewed, or set the clock of this computer."), "");
    }
    if (verified != X509_V_OK) {
        return failure(address, ErrorCode::AccessDenied,
                       message("core", "the server's certificate is not trusted (%1)",
                               std::string(X509_verify_cert_error_string(verified))),
                       message("core", "Name the certificate of its authority: ?ca=FILE."), "ca");
    }
    // Later releases put an error of their own behind it.
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_WRONG_VERSION_NUMBER) {
        return failure(address, ErrorCode::WrongFormat,
                       message("core", "the server does not speak TLS"),
                       message("core", "Write redis:// instead of rediss://."), "tls");
    }
    return failure(address, ErrorCode::AccessDenied,
                   message("core", "TLS does not come about (%1)", stream.error()),
                   message("core", "A server that asks for a certificate is shown one by "
                                   "?cert=FILE&key=FILE."),
                   "certificate");
}

} // namespace

Result<std::unique_ptr<ByteStream>> startTls(const ServerAddress& address,
                                             std::unique_ptr<ByteStream> plain, Deadline deadline,
                                             Waiter& waiter) {
    auto context = makeContext(address);
    if (!context) {
        return fail(std::move(context.error()));
    }
    SessionHandle session(SSL_new(context->get()));
    BIO* bio = session ? BIO_new(plainMethod()) : nullptr;
    if (bio == nullptr || !expectHost(session.get(), address.host)) {
        BIO_free(bio);
        return failure(address, ErrorCode::Internal, message("core", "%1", lastError()), {}, "");
    }
    BIO_set_data(bio, plain.get());
    SSL_set_bio(session.get(), bio, bio);
    auto stream =
        std::make_unique<TlsStream>(*std::move(context), std::move(session), std::move(plain));
    for (;;) {
        const auto state = stream->shakeHands();
        if (state == ByteStream::State::Done) {
            return stream;
        }
        if (state != ByteStream::State::Again) {
            return refused(address, *stream);
        }
        const short events = stream->wantsToWrite() ? POLLOUT : POLLIN;
        auto waited = waiter.await(stream->descriptor(), events, deadline, [&] {
            return failure(address, ErrorCode::TimedOut,
                           message("core", "the server does not answer in TLS"),
                           message("core", "A server that does not speak it is met with "
                                           "redis://."),
                           "tls")
                .value();
        });
        if (!waited) {
            return fail(std::move(waited.error()));
        }
    }
}

} // namespace cohortist
