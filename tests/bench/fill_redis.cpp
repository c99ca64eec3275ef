// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the same data as commands for `redis-cli --pipe`, under bitmapist's keys. Arguments:
// USERS, then events: fill_redis 10000000 active signup
#include <cstdlib>
#include <iostream>

#include "core/catalog/key_scheme.h"
#include "tests/bench/bench_data.h"

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: fill_redis USERS EVENT...\n";
        return 2;
    }
    const cohortist::bench::BenchData data(
        static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10)));
    for (int i = 2; i < argc; ++i) {
        for (const auto& [day, set] : data.events().at(argv[i])) {
            const std::string key =
                cohortist::formatKey("trackist_", argv[i], cohortist::Kind::Day, day);
            const std::string bytes = cohortist::toRedisString(set);
            std::cout << "*3\r\n$3\r\nSET\r\n$" << key.size() << "\r\n"
                      << key << "\r\n$" << bytes.size() << "\r\n"
                      << bytes << "\r\n";
        }
    }
    return std::cout.flush() ? 0 : 1;
}
