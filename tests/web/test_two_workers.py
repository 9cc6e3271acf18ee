"""Two workers, one job: exactly one result is published, whoever wakes late."""


def test_a_worker_that_wakes_after_its_lease_cannot_publish(site):
    told = site.run("two_workers")
    assert told["published"] != told["orphan"]
