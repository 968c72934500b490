"""The benchmark: ratios against stated baselines, interleaved in one run. See docs/performance.md."""
