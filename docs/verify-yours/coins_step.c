/* One EM step for two coins: cc -O2 -o /tmp/coins_step docs/verify-yours/coins_step.c -lm
 * To have it judged:         refimpl verify --exec /tmp/coins_step */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define WHO "{\"protocol\":1,\"name\":\"coins-step-c\",\"version\":\"1\",\"language\":\"C\"," \
    "\"precision\":\"binary64\",\"tasks\":[\"coins.step\"]}"
static char line[1 << 24];                               /* a request; a number takes 2 characters */
static double heads[1 << 23], tails[1 << 23], theta[1 << 23], share[2][1 << 23], count[2][2];

static int list(const char *key, double *x) {            /* how many; -1 if one is bad */
    int n = 0;
    char *at = strchr(strstr(line, key), '[') + 1;
    for (; *(at += strspn(at, "\", ")) != ']'; n++) {
        x[n] = strtod(at, &at);                          /* 17, "17", "1e-3" or "0x1.8p-3" */
        if (*at == '/') x[n] /= strtod(at + 1, &at);     /* "31/6" */
        if (!strchr("\",] ", *at) || !isfinite(x[n]) || x[n] < 0 || (x != theta && fmod(x[n], 1))) return -1;
    }
    return n;
}
static double log_power(double p, double n) { return n > 0 ? n * log(p) : 0; }    /* ln p^n, and 0^0 = 1 */

static int refuse(int seq, const char *kind, const char *why) {
    return printf("{\"seq\":%d,\"error\":{\"kind\":\"%s\",\"message\":\"%s\"}}\n", seq, kind, why);
}
static int step(void) {
    int N = list("heads", heads), seq = atoi(strstr(line, "seq") + 5);
    if (N == 0) return refuse(seq, "empty-data", "there are no rounds");
    if (N < 0 || list("tails", tails) != N) return refuse(seq, "bad-input", "heads or tails");
    if (list("theta", theta) != 2 || fmax(theta[0], theta[1]) > 1) return refuse(seq, "bad-input", "theta");
    double log_likelihood = 0;
    for (int n = 0; n < N; n++) {
        double a = log_power(theta[0], heads[n]) + log_power(1 - theta[0], tails[n]);
        double b = log_power(theta[1], heads[n]) + log_power(1 - theta[1], tails[n]);
        if (isinf(fmax(a, b))) return refuse(seq, "no-mass", "neither coin can show a round");
        share[0][n] = 1 / (1 + exp(b - a));
        share[1][n] = 1 / (1 + exp(a - b));              /* 1 - share[0][n] would lose digits */
        log_likelihood += fmax(a, b) + log((1 + exp(-fabs(a - b))) / 2);
    }
    for (int coin = 0; coin < 2; coin++) {
        double h = 0, t = 0;
        for (int n = 0; n < N; n++) h += share[coin][n] * heads[n], t += share[coin][n] * tails[n];
        if (h + t > 0) theta[coin] = h / (h + t);        /* a coin without tosses keeps its theta */
        count[coin][0] = h, count[coin][1] = t;
    }
    printf("{\"seq\":%d,\"result\":{\"log_likelihood\":%.17g,\"responsibilities\":", seq, log_likelihood);
    for (int n = 0; n < N; n++) printf("%c%.17g", n ? ',' : '[', share[0][n]);
    printf("],\"theta\":[%.17g,%.17g],\"counts\":", theta[0], theta[1]);
    return printf("[[%.17g,%.17g],[%.17g,%.17g]]}}\n", count[0][0], count[0][1], count[1][0], count[1][1]);
}
int main(void) {
    for (; fgets(line, sizeof line, stdin) && !strstr(line, "\"bye\""); fflush(stdout))
        if (strstr(line, "\"hello\"")) puts(WHO);
        else step();
}
