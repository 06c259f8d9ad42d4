"""What the speed benches share: pages, a server that is no bottleneck, one crawl in a process of its own, other archivers."""
