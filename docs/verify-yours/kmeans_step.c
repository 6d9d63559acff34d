/* One step of K-means: cc -O2 -o /tmp/kmeans_step docs/verify-yours/kmeans_step.c -lm
 * To have it judged:   refimpl verify --exec /tmp/kmeans_step */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define WHO "{\"protocol\":1,\"name\":\"kmeans-step-c\",\"version\":\"1\",\"language\":\"C\",\"precision\":" \
    "\"binary64\",\"tasks\":[\"kmeans.step\"],\"conventions\":{\"ties\":\"lowest-index\",\"empty\":\"keep\"}}"
static char line[1 << 24];                                /* a request; a number takes 4 characters */
static double x[1 << 22], c[1 << 22];                     /* N x D points, K x D centers */
static int label[1 << 22], D;

static int rows(const char *key, double *to) {            /* how many; -1 unless each has D numbers */
    int n = 0, m = 0, depth = 1;
    for (char *at = strchr(strstr(line, key), '[') + 1; depth > 0; at++) {
        depth += (*at == '[') - (*at == ']');
        if (*at == '"') {
            to[m] = strtod(at + 1, &at);                  /* "17", "1e-3" or "0x1.8p-3" */
            if (*at == '/') to[m] /= strtod(at + 1, &at); /* "31/6" */
            if (*at != '"' || at[-1] == '"' || !isfinite(to[m++])) return -1;
        } else if (*at == ']' && depth == 1 && (m == 0 || m != ++n * (D = D ? D : m))) return -1;
    }
    return n;
}
static double distance2(int n, int k) {
    double sum = 0;
    for (int j = 0; j < D; j++) sum += pow(x[n * D + j] - c[k * D + j], 2);
    return sum;
}
static int step(void) {
    int N = (D = 0, rows("points", x)), K = rows("centers", c), seq = atoi(strstr(line, "seq") + 5);
    char *kind = !N || !K ? "empty-data" : N < 0 || K < 0 ? "bad-input" : N < K ? "k-too-large" : 0;
    if (kind) return printf("{\"seq\":%d,\"error\":{\"kind\":\"%s\",\"message\":\"\"}}\n", seq, kind);
    for (int n = 0; n < N; n++)
        for (int k = label[n] = 0; k < K; k++)            /* < and not <=: a tie goes to the lowest index */
            if (distance2(n, k) < distance2(n, label[n])) label[n] = k;
    for (int i = 0; i < K * D; i++) {                     /* coordinate i % D of center i / D */
        double sum = 0, members = 0;
        for (int n = 0; n < N; n++)
            if (label[n] == i / D) sum += x[n * D + i % D], members++;
        if (members) c[i] = sum / members;                /* an empty cluster keeps its center */
    }
    double distortion = 0;
    for (int n = 0; n < N; n++) distortion += distance2(n, label[n]);
    printf("{\"seq\":%d,\"result\":{\"distortion\":%.17g,\"labels\":", seq, distortion);
    for (int n = 0; n < N; n++) printf("%c%d", n ? ',' : '[', label[n]);
    for (int i = 0; i < K * D; i++) printf("%s%.17g", i % D ? "," : i ? "],[" : "],\"centers\":[[", c[i]);
    return puts("]]}}");
}
int main(void) {
    for (; fgets(line, sizeof line, stdin) && !strstr(line, "\"bye\""); fflush(stdout))
        if (strstr(line, "\"hello\"")) puts(WHO);
        else step();
}
