module pantoken-example

go 1.19
