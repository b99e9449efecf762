-- name: session
set search_path to millrace, public; set time zone 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'iso_8601'
