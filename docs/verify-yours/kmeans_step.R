# One step of K-means. To have it judged: refimpl verify --exec "Rscript docs/verify-yours/kmeans_step.R"
library(jsonlite)
hello <- list(protocol = 1, name = "kmeans-step-r", version = "1", language = "R", precision = "binary64",
              tasks = I("kmeans.step"), conventions = list(ties = "lowest-index", empty = "keep"))

number <- function(text) { # "17", "31/6", "1e-3" or "0x1.8p-3"
  x <- Reduce(`/`, as.numeric(strsplit(text, "/")[[1]]))
  if (is.finite(x)) x else stop(text, " is no number")
}
digits <- function(x) { x[] <- sprintf("%.17g", x); x } # as text: toJSON writes 15 digits at most
distance2 <- function(center, points) rowSums(sweep(points, 2, center)^2)
refused <- function(kind, message) list(error = list(kind = kind, message = message))

step <- function(points, centers) {
  if (!length(points) || !length(centers)) return(refused("empty-data", "there are no points or no centers"))
  stopifnot(is.matrix(points), is.matrix(centers), ncol(points) == ncol(centers))
  if (nrow(centers) > nrow(points)) return(refused("k-too-large", "there are more centers than points"))
  points <- structure(sapply(points, number), dim = dim(points))
  centers <- structure(sapply(centers, number), dim = dim(centers))
  distances <- matrix(apply(centers, 1, distance2, points), nrow(points))
  labels <- apply(distances, 1, which.min) # the first of equals: a tie goes to the lowest index
  for (k in unique(labels)) centers[k, ] <- colMeans(points[labels == k, , drop = FALSE]) # empty ones stay
  distortion <- sum((points - centers[labels, , drop = FALSE])^2)
  list(result = list(labels = I(labels - 1), centers = digits(centers), distortion = digits(distortion)))
}

input <- file("stdin", "r")
while (length(line <- readLines(input, 1))) {
  request <- fromJSON(line)
  if (request$cmd == "bye") break
  answer <- hello
  if (request$cmd == "run")
    answer <- c(list(seq = request$seq), tryCatch(step(request$input$points, request$input$centers),
                error = function(e) refused("bad-input", conditionMessage(e))))
  cat(toJSON(answer, auto_unbox = TRUE), "\n", sep = "")
  flush(stdout())
}
