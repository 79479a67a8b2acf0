-- The load for wrk: one POST with a key, again and again. What came of it is one line of JSON.
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer " .. os.getenv("PANTOKEN_API_KEY")
wrk.body = os.getenv("BENCH_BODY")

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'result: {"requests":%d,"failed":%d,"microseconds":%d,"p99":%d}\n',
    summary.requests, failed, summary.duration, latency:percentile(99)
  ))
end
