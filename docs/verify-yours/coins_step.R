# One EM step for two coins. To have it judged: refimpl verify --exec "Rscript docs/verify-yours/coins_step.R"
library(jsonlite)
hello <- list(protocol = 1, name = "coins-step-r", version = "1", language = "R", precision = "binary64",
              tasks = I("coins.step"))

number <- function(text) { # 17, "17", "31/6", "1e-3" or "0x1.8p-3"
  x <- Reduce(`/`, as.numeric(strsplit(as.character(text), "/")[[1]]))
  if (is.finite(x)) x else stop(text, " is no number")
}
digits <- function(x) { x[] <- sprintf("%.17g", x); x } # as text: toJSON writes 15 digits at most
refused <- function(kind, message) list(error = list(kind = kind, message = message))
log_power <- function(p, n) ifelse(n == 0, 0, n * log(p)) # ln p^n, and 0^0 = 1

step <- function(heads, tails, theta) {
  if (!length(heads)) return(refused("empty-data", "there are no rounds"))
  stopifnot(length(heads) == length(tails), length(theta) == 2)
  tosses <- cbind(sapply(heads, number), sapply(tails, number))
  theta <- sapply(theta, number)
  stopifnot(tosses >= 0, tosses %% 1 == 0, theta >= 0, theta <= 1)
  log_chance <- function(p) log_power(p, tosses[, 1]) + log_power(1 - p, tosses[, 2])
  logs <- cbind(log_chance(theta[1]), log_chance(theta[2]))
  top <- pmax(logs[, 1], logs[, 2])
  if (any(top == -Inf)) return(refused("no-mass", "a round is impossible under both coins"))
  weights <- exp(logs - top) # relative to the likelier coin, so that they are never both 0
  shares <- weights / rowSums(weights) # N x 2; 1 - share would lose the digits of a small one
  counts <- crossprod(shares, tosses)
  theta <- ifelse(rowSums(counts) > 0, counts[, 1] / rowSums(counts), theta)
  log_likelihood <- sum(top + log(rowSums(weights) / 2))
  list(result = list(responsibilities = I(digits(shares[, 1])), counts = digits(counts),
                     theta = digits(theta), log_likelihood = digits(log_likelihood)))
}

input <- file("stdin", "r")
while (length(line <- readLines(input, 1))) {
  request <- fromJSON(line)
  if (request$cmd == "bye") break
  answer <- hello
  if (request$cmd == "run")
    answer <- c(list(seq = request$seq), tryCatch(do.call(step, request$input),
                error = function(e) refused("bad-input", conditionMessage(e))))
  cat(toJSON(answer, auto_unbox = TRUE), "\n", sep = "")
  flush(stdout())
}
