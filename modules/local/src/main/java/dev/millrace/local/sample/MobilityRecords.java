package dev.millrace.local.sample;

import dev.millrace.contract.LandingHour;
import java.util.Locale;

/**
 * Events of riders, and one observation of the weather in ten records. Objects are arrays, three of four never closed. One city
 * has no weather, and one rider in a hundred no timezone; one time in two hundred is a bare date. Bad ones are among the events
 * alone, as there are too few observations an hour for any.
 */
final class MobilityRecords implements SampleRecords {
    private static final int ONE_OBSERVATION_IN = 10;
    private static final String[] ZONES = {
        "Europe/Oslo",
        "Europe/Zurich",
        "Europe/Berlin",
        "Europe/Paris",
        "America/New_York",
        "America/Argentina/Buenos_Aires",
        "Europe/Lisbon"
    };
    /** One for each zone but the last. */
    private static final String[] CITIES = {"Oslo", "Zurich", "Berlin", "Paris", "New York", "Buenos Aires"};

    private static final String[] EVENTS = {
        "Signup Started", "Ride Started", "Ride Ended", "Vehicle Tapped", "Ride Rated", "App Opened"
    };

    private final SampleRequest request;

    MobilityRecords(SampleRequest request) {
        this.request = request;
    }

    @Override
    public boolean hasKey() {
        return false;
    }

    @Override
    public Frame frame(int hour) {
        return new Frame("[", ",\n", hour % 4 == 3 ? "]" : ",\n");
    }

    @Override
    public String good(int hour, long index) {
        return index % ONE_OBSERVATION_IN == 0 ? weather(hour, index) : event(hour, index);
    }

    private Draw draw(int hour, long index) {
        Draw draw = Draw.at(request.seed(), hour, index);
        // The first number decides what becomes of the record.
        draw.next();
        return draw;
    }

    private String event(int hour, long index) {
        Draw draw = draw(hour, index);
        // Some come late: the phone was off.
        LandingHour happened = request.from().plus(hour - (draw.oneIn(20) ? draw.below(20) : 0));
        int second = draw.below(3500);
        String time = HourlySample.second(happened, second);
        String received = HourlySample.second(happened, second + draw.below(60));
        int riders = (int) Math.max(1, Math.min(200_000, request.rows() / 8));
        Draw rider = Draw.at(request.seed(), Long.MIN_VALUE, draw.below(riders));
        String id = HourlySample.uuid(rider);
        boolean ios = rider.oneIn(2);
        String event = EVENTS[draw.below(EVENTS.length)];
        String zone = draw.oneIn(100) ? "null" : "\"" + ZONES[rider.below(ZONES.length)] + "\"";
        String rating = event.equals("Ride Rated") ? Integer.toString(1 + draw.below(5)) : "null";
        return "{" + track("original_timestamp_time", draw.oneIn(200) ? time.substring(0, 10) : time)
                + track("event_name", event) + "\"segment_tracks.context_timezone\":" + zone + ","
                + track("context_os_version", ios ? "12.2" : "9") + track("context_os_name", ios ? "iOS" : "android")
                + track("context_device_type", ios ? "ios" : "android")
                + track("context_device_model", ios ? "iPhone11,6" : "SM-G960F")
                + track("context_device_manufacturer", ios ? "Apple" : "samsung")
                + track("context_device_id", HourlySample.uuid(rider))
                + track("context_app_version", "3.0.5") + track("context_app_name", "Tier")
                + track("context_app_build", "3.0.5.2") + track("anonymous_id", id)
                + track("received_time", received) + track("sent_time", received)
                + "\"segment_tracks.properties_rating\":" + rating + "}";
    }

    private static String track(String name, String value) {
        return "\"segment_tracks." + name + "\":\"" + value + "\",";
    }

    private String weather(int hour, long index) {
        Draw draw = draw(hour, index);
        LandingHour observed = request.from().plus(hour);
        double temperature = (draw.below(4500) - 1000) / 100.0;
        boolean dry = !draw.oneIn(3);
        return String.format(
                Locale.ROOT,
                "{\"weather_data.date_time\":\"%s\",\"weather_data.city\":\"%s\""
                        + ",\"weather_data.currently_apparenttemperature\":%s,\"weather_data.currently_humidity\":%s"
                        + ",\"weather_data.currently_precipintensity\":%s,\"weather_data.currently_precipprobability\":%s"
                        + ",\"weather_data.currently_preciptype\":%s,\"weather_data.currently_temperature\":%s"
                        + ",\"weather_data.currently_visibility\":%s,\"weather_data.currently_windspeed\":%s}",
                HourlySample.second(observed, draw.below(3600)),
                CITIES[draw.below(CITIES.length)],
                temperature - draw.below(300) / 100.0,
                draw.below(100) / 100.0,
                dry ? 0 : (1 + draw.below(20_000)) / 10_000.0,
                dry ? 0 : (1 + draw.below(99)) / 100.0,
                dry ? "null" : temperature < 0 ? "\"snow\"" : "\"rain\"",
                temperature,
                draw.below(1610) / 100.0,
                draw.below(2500) / 100.0);
    }

    @Override
    public Bad bad(int hour, long index, long turn) {
        String good = event(hour, index);
        return switch ((int) (turn % 7)) {
            case 0 ->
                new Bad(
                        good.replaceFirst("timestamp_time\":\"[0-9-]*", "timestamp_time\":\"2019-02-30"),
                        "invalid-time");
            case 1 -> new Bad(good.substring(0, good.length() / 2), "malformed");
            case 2 -> new Bad(good.replaceFirst("event_name\":\"[A-Za-z ]*\"", "event_name\":null"), "missing");
            case 3 ->
                new Bad(
                        good.replaceFirst("event_name\":\"", "event_name\":\"" + HourlySample.NOT_UTF8),
                        "invalid-utf8");
            case 4 ->
                new Bad(
                        good.replaceFirst("properties_rating\":[a-z0-9]*", "properties_rating\":\"five\""),
                        "wrong-type");
            case 5 -> new Bad("{\"other_source.kind\":\"heartbeat\"}", "unrouted");
            default -> new Bad(good.replaceFirst("app_name\":\"", "app_name\":\"\\\\u0000"), "nul");
        };
    }
}
