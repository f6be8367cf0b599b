// Bedding as a set, as geobfdt/prediction/bedding.py has it: what lies along the beds around it is a bed, and beds have
// the dip and azimuth of the mean pole of each and its neighbours.

#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

struct Pick {
    double depth_m, dip_deg, azimuth_deg, dip_sd_deg, azimuth_sd_deg, confidence;
    bool bed;
};

// Picks by depth; kinds, dips and azimuths change.
inline void see_beds_together(std::vector<Pick>& picks) {
    constexpr double degree = 3.14159265358979323846 / 180, reach_m = 1.5, least_confidence = 0.5;
    constexpr double along_deg = 10, within_deg = 25, slack_deg = 12, least_sd_deg = 0.1, fewest = 3, most = 0.5;
    using Pole = std::array<double, 3>;
    std::vector<Pole> poles;
    for (const Pick& one : picks) {
        const double dip = one.dip_deg * degree, azimuth = one.azimuth_deg * degree;
        poles.push_back({-std::sin(dip) * std::cos(azimuth), -std::sin(dip) * std::sin(azimuth), std::cos(dip)});
    }
    const auto alike = [&](size_t i, size_t j, double within) {
        const double product = poles[i][0] * poles[j][0] + poles[i][1] * poles[j][1] + poles[i][2] * poles[j][2];
        return product >= std::cos(within * degree);
    };
    const auto near = [&](size_t i, size_t j) { return std::abs(picks[i].depth_m - picks[j].depth_m) <= reach_m; };

    std::vector<bool> beds;
    for (size_t i = 0; i < picks.size(); ++i) {
        int around = 0, along = 0;
        for (size_t j = 0; j < picks.size(); ++j) {
            if (i == j || !picks[j].bed || picks[j].confidence < least_confidence || !near(i, j)) continue;
            ++around;
            along += alike(i, j, along_deg);
        }
        beds.push_back(picks[i].bed || (around >= fewest && along >= most * around));
    }
    for (size_t i = 0; i < picks.size(); ++i) picks[i].bed = beds[i];

    std::vector<double> sd_deg;
    for (const Pick& one : picks) {
        const double along = one.dip_sd_deg, across = std::sin(one.dip_deg * degree) * one.azimuth_sd_deg;
        sd_deg.push_back(std::max(std::sqrt((along * along + across * across) / 2), least_sd_deg));
    }
    for (size_t i = 0; i < picks.size(); ++i) {
        if (!picks[i].bed) continue;
        const double own = 1 / (sd_deg[i] * sd_deg[i]);
        Pole mean{own * poles[i][0], own * poles[i][1], own * poles[i][2]};
        for (size_t j = 0; j < picks.size(); ++j) {
            if (i == j || !picks[j].bed || picks[j].confidence < least_confidence) continue;
            if (!near(i, j) || !alike(i, j, within_deg)) continue;
            for (int k = 0; k < 3; ++k) mean[k] += poles[j][k] / (sd_deg[j] * sd_deg[j] + slack_deg * slack_deg);
        }
        picks[i].dip_deg = std::atan2(std::hypot(mean[0], mean[1]), mean[2]) / degree;
        picks[i].azimuth_deg = std::atan2(-mean[1], -mean[0]) / degree;
        if (picks[i].azimuth_deg < 0) picks[i].azimuth_deg += 360;
    }
}
